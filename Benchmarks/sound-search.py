#!/usr/bin/env python3
"""Search by sound on recordings that its threshold was not chosen on: sound-search.py ASSAY [KNOWN] [STRANGERS]

Puts KNOWN (400) recordings of speech, music, wind and mixtures on record, in the table of a gateway's data folder; asks
`assay search` for pieces of every fourth, encoded again, resampled, in noise and under other speech; then for STRANGERS
(400) of the same kinds. Prints right and wrong answers. Needs numpy and an ffmpeg with chromaprint."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "watermark"))
import recordings

ASSAY = sys.argv[1]
KNOWN = int(sys.argv[2]) if len(sys.argv) > 2 else 400
STRANGERS = int(sys.argv[3]) if len(sys.argv) > 3 else 400
FIRST = 300_000
KINDS = list(recordings.KINDS)
# name: (start, seconds, ffmpeg's output options, suffix, dB of other speech beneath or None)
COPIES = {
    "whole, MP3 64k": (0, None, ["-b:a", "64k"], "mp3", None),
    "8 s from 2.3, MP3 96k": (2.3, 8, ["-b:a", "96k"], "mp3", None),
    "8 s from 2.3, AAC 64k": (2.3, 8, ["-c:a", "aac", "-b:a", "64k"], "m4a", None),
    "8 s, 16 kHz, Opus 32k": (1.1, 8, ["-ar", "16000", "-c:a", "libopus", "-b:a", "32k"], "ogg", None),
    "8 s, -9 dB": (1.7, 8, ["-af", "volume=-9dB", "-b:a", "128k"], "mp3", None),
    "8 s, other speech 20 dB below": (1.7, 8, ["-b:a", "128k"], "mp3", -20),
    "8 s, other speech 10 dB below": (1.7, 8, ["-b:a", "128k"], "mp3", -10),
}
TABLES = """
CREATE TABLE outputs (seq INTEGER PRIMARY KEY AUTOINCREMENT, asset TEXT, manifest_id TEXT, subject TEXT, mark TEXT,
  media_type TEXT, sha256 TEXT, delivered_at INTEGER, width INTEGER, height INTEGER, seconds REAL, is_clip INTEGER,
  manifest_store BLOB, thumbnail BLOB, sound BLOB, content_codes BLOB);
CREATE TABLE frames (seq INTEGER PRIMARY KEY, output INTEGER, time REAL, hash BLOB, quality INTEGER, codes BLOB, sketch BLOB);
"""


def made(number):
    return recordings.KINDS[KINDS[number % len(KINDS)]](FIRST + number, 12)


def printed(samples):
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "f32le", "-ar", str(recordings.RATE), "-ac", "1", "-i", "-", "-ar", "11025",
         "-f", "chromaprint", "-fp_format", "raw", "-"],
        input=samples.astype(np.float32).tobytes(), capture_output=True, check=True).stdout


def asked(paths, store):
    answer = subprocess.run(
        [ASSAY, "search", "--json", "--store", store, *paths], capture_output=True, text=True)
    if answer.returncode not in (0, 2):
        sys.exit(answer.stderr)
    return [json.loads(line)["matches"] for line in answer.stdout.splitlines()]


def main(folder):
    database = sqlite3.connect(os.path.join(folder, "outputs.sqlite"))
    database.executescript("PRAGMA journal_mode = WAL;" + TABLES)
    for number in range(KNOWN):
        database.execute(
            "INSERT INTO outputs (asset, manifest_id, subject, media_type, sha256, delivered_at, width, height, seconds,"
            " is_clip, manifest_store, sound) VALUES (?, ?, 's', 'audio/mpeg', '', 0, 0, 0, 0, 1, x'00', ?)",
            (f"r{number}", f"urn:c2pa:{number}", printed(made(number))))
    database.commit()
    for name, (start, seconds, options, suffix, beneath) in COPIES.items():
        right, wrong, off, paths = {}, 0, [], []
        numbers = sorted({n + shift for n in range(0, KNOWN, 16) for shift in range(4) if n + shift < KNOWN})
        for number in numbers:
            samples = made(number)
            if beneath is not None:
                other = recordings.speech(FIRST * 3 + number, 12)
                samples = samples + other * np.sqrt((samples**2).mean() / (other**2).mean()) * 10 ** (beneath / 20)
            first = int(start * recordings.RATE)
            last = len(samples) if seconds is None else first + int(seconds * recordings.RATE)
            paths.append(os.path.join(folder, f"{number}.{suffix}"))
            recordings.write(paths[-1], samples[first:last] * 0.7, options)
        for number, matches in zip(numbers, asked(paths, folder)):
            kind = KINDS[number % len(KINDS)]
            right.setdefault(kind, []).append(bool(matches) and matches[0]["asset"] == f"r{number}")
            wrong += sum(match["asset"] != f"r{number}" for match in matches)
            off += [abs(match["seconds"] - start) for match in matches if match["asset"] == f"r{number}"]
        for path in paths:
            os.remove(path)
        print(f"{name}: " + ", ".join(f"{kind} {sum(rows)} of {len(rows)}" for kind, rows in right.items())
              + f"; wrong answers {wrong}; second off by {max(off, default=0):.2f} at most", flush=True)
    paths = []
    for number in range(STRANGERS):
        paths.append(os.path.join(folder, f"s{number}.mp3"))
        recordings.write(
            paths[-1], recordings.KINDS[KINDS[number % len(KINDS)]](FIRST * 2 + number, 12), ["-b:a", "96k"])
    answers = asked(paths, folder)
    print(f"strangers: {sum(bool(matches) for matches in answers)} of {len(answers)} were taken for one on record")


with tempfile.TemporaryDirectory() as place:
    main(place)
