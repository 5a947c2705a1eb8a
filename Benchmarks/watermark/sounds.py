#!/usr/bin/env python3
"""The mark of sounds, measured: sounds.py ASSAY [RECORDINGS] [UNMARKED]

Marks RECORDINGS (6) of each kind (recordings.py, seeds that no constant was chosen on), attacks each copy with
ffmpeg, and asks `assay watermark detect` for the id; then looks for marks in UNMARKED (520) recordings that
have none, with four keys each. Prints signal-to-noise ratios, exact ids per attack and kind, and verdicts.
Needs numpy and ffmpeg; with PyPI `pesq` also ITU-T P.862.2's estimate of what listeners would say of speech."""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import recordings

try:
    from pesq import pesq
except ImportError:
    pesq = None

ASSAY = sys.argv[1]
EACH = int(sys.argv[2]) if len(sys.argv) > 2 else 6
UNMARKED = int(sys.argv[3]) if len(sys.argv) > 3 else 520
FIRST = 7000
MP3, AAC, OPUS = ["-c:a", "libmp3lame"], ["-c:a", "aac"], ["-c:a", "libopus"]
# name: (input options, output options, suffix, whether it is asked for)
ATTACKS = {
    "nothing": ([], [], "wav"),
    "MP3 128k": ([], [*MP3, "-b:a", "128k"], "mp3"),
    "MP3 64k": ([], [*MP3, "-b:a", "64k"], "mp3"),
    "AAC 96k": ([], [*AAC, "-b:a", "96k"], "m4a"),
    "Opus 64k": ([], [*OPUS, "-b:a", "64k"], "ogg"),
    "44.1 to 16 kHz": ([], ["-af", "aresample=44100,aresample=16000"], "wav"),
    "+6 dB, limited": ([], ["-af", "volume=6dB,alimiter=limit=0.99:level=0", *MP3, "-b:a", "128k"], "mp3"),
    "-6 dB": ([], ["-af", "volume=-6dB", *MP3, "-b:a", "128k"], "mp3"),
    "8 s, MP3 128k": (["-ss", "1.37", "-t", "8"], [*MP3, "-b:a", "128k"], "mp3"),
    "5 s, AAC 96k": (["-ss", "2.91", "-t", "5"], [*AAC, "-b:a", "96k"], "m4a"),
    "Opus 32k": ([], [*OPUS, "-b:a", "32k"], "ogg"),
    "4 kHz low-pass": ([], ["-af", "lowpass=f=4000"], "wav"),
    "8 kHz telephone": ([], ["-ar", "8000"], "wav"),
    "speed +1 %": ([], ["-af", "asetrate=48480,aresample=48000"], "wav"),
    "noise at 20 dB": (None, [], "wav"),
}
ID = "0123456789abcdef"


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True)


def detected(path, keys):
    answer = run(ASSAY, "watermark", "detect", path, "--key", *keys)
    if answer.returncode not in (0, 1, 2):
        sys.exit(answer.stderr)
    return json.loads(answer.stdout)


def main(folder):
    keys = []
    for number in range(4):
        keys.append(os.path.join(folder, f"{number}.key"))
        with open(keys[-1], "wb") as handle:
            handle.write(bytes((number * 31 + n * 7) % 256 for n in range(32)))
    source, marked, copy = (os.path.join(folder, name) for name in ("source.wav", "marked.wav", "copy"))
    total = {}
    for kind, make in recordings.KINDS.items():
        ratios, quality, read = [], [], {}
        for seed in range(FIRST, FIRST + EACH):
            recordings.write(source, make(seed))
            answer = run(ASSAY, "watermark", "embed", source, marked, "--sound", "--id", ID, "--key", keys[0])
            host, copy_of = recordings.decode(["-i", source]), recordings.decode(["-i", marked])
            count = min(len(host), len(copy_of))
            ratios.append(10 * np.log10((host[:count] ** 2).sum() / ((host[:count] - copy_of[:count]) ** 2).sum()))
            if answer.returncode:
                print(f"# {kind} {seed}: {answer.stdout}{answer.stderr}")
            if pesq and kind == "speech":
                quality.append(pesq(
                    16_000, recordings.decode(["-i", source], 16_000), recordings.decode(["-i", marked], 16_000), "wb"))
            for name, (before, after, suffix) in ATTACKS.items():
                path = f"{copy}.{suffix}"
                if before is None:
                    draw = np.random.default_rng(seed)
                    recordings.write(path, copy_of + draw.standard_normal(len(copy_of)) * np.sqrt((copy_of**2).mean() / 100))
                else:
                    subprocess.run(["ffmpeg", "-v", "error", "-y", *before, "-i", marked, *after, path], check=True)
                found = detected(path, keys[:1])
                read.setdefault(name, []).append((found["id"] == ID, found["verdict"], found["sync"]))
        print(f"{kind}: SNR {np.mean(ratios):.1f} dB ({min(ratios):.1f} to {max(ratios):.1f})"
              + (f", PESQ {np.mean(quality):.2f} ({min(quality):.2f} to {max(quality):.2f})" if quality else ""))
        for name, rows in read.items():
            exact = sum(row[0] for row in rows)
            present = sum(row[1] == "present" for row in rows)
            print(f"  {name:18} {exact} of {len(rows)}" + (f", {present} present" if present else "")
                  + f"  sync {np.mean([row[2] for row in rows]):.1f}", flush=True)
            total.setdefault(name, []).extend(row[0] for row in rows)
    print("all: " + "; ".join(f"{name} {sum(rows)} of {len(rows)}" for name, rows in total.items()))

    verdicts, highest = {}, 0
    for number in range(UNMARKED):
        kind = list(recordings.KINDS)[number % 4]
        recordings.write(source, recordings.KINDS[kind](50_000 + number, 5 + number % 6))
        found = detected(source, keys)
        verdicts[found["verdict"]] = verdicts.get(found["verdict"], 0) + 1
        highest = max(highest, found["sync"])
    print(f"unmarked, four keys: {verdicts}, highest sync {highest}")


with tempfile.TemporaryDirectory() as place:
    main(place)
