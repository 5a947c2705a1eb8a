"""Whether the audible disclosure is heard where it is, and nowhere else: recordings made here, codecs by ffmpeg, and
the program itself to listen.

    python3 Benchmarks/watermark/rhythm.py ASSAY [COUNT]

ASSAY is the program; COUNT recordings of each kind (default 20). Needs numpy and an assay-media beside ASSAY."""
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import recordings

ATTACKS = {
    "mp3 64k": ("mp3", ["-b:a", "64k"]), "mp3 32k": ("mp3", ["-b:a", "32k"]),
    "opus 32k": ("ogg", ["-c:a", "libopus", "-b:a", "32k"]), "aac 48k": ("m4a", ["-b:a", "48k"]),
    "8 kHz": ("wav", ["-ar", "8000"]),
    "telephone": ("wav", ["-af", "highpass=300,lowpass=3400", "-ar", "8000", "-c:a", "pcm_alaw"]),
    "20 dB softer": ("wav", ["-af", "volume=-20dB"]), "12 dB louder": ("wav", ["-af", "volume=12dB"]),
    "1 % faster": ("wav", ["-af", f"asetrate={recordings.RATE * 1.01:.0f},aresample={recordings.RATE}"]),
    "loudnorm": ("wav", ["-af", "loudnorm"]),
}


def rhythm():
    """As Documentation/audible-disclosure.md has it, without ramps."""
    rate = recordings.RATE
    samples = np.zeros(int(1.65 * rate))
    for start, length in ((0, 1), (2, 3), (8, 1), (10, 1)):
        first, count = int((0.15 + 0.1 * start) * rate), int(0.1 * length * rate)
        samples[first:first + count] = 0.126 * np.sin(2 * np.pi * 800 * np.arange(count) / rate)
    return samples


def keyed(seed, seconds=4):
    """Tones in rhythms of chance, most at the disclosure's own pitch and pace; and whether theirs holds it."""
    draw = random.Random(seed)
    pitch = draw.choice([800, 800, 800, 760, 840, 400, 1600, draw.uniform(300, 3000)])
    unit = draw.choice([0.1, 0.1, draw.uniform(0.05, 0.2)])
    parts = []
    while sum(part[0] + part[1] for part in parts) * unit < seconds:
        parts.append((draw.choice([1, 3]), draw.choice([1, 1, 3])))
    samples = [np.concatenate([0.3 * np.sin(2 * np.pi * pitch * np.arange(int(on * unit * recordings.RATE))
                                            / recordings.RATE),
                               np.zeros(int(off * unit * recordings.RATE))]) for on, off in parts]
    text = "".join(f"{on}{off}" for on, off in parts)
    holds = pitch == 800 and unit == 0.1 and any(
        text[2 * n:2 * n + 7] == "1133111" for n in range(len(parts) - 3))
    return np.concatenate(samples), holds


def heard(assay, files):
    """Which of the files begin with it, by the rule for labels on recordings."""
    answer = subprocess.run(
        [assay, "compliance", *files, "--json", "--jurisdiction", "cn", "--models", "none"],
        capture_output=True, text=True).stdout
    return [any(finding["rule"] == "CN-3" and finding["status"] == "met" for finding in file["findings"])
            for file in json.loads(answer)["files"]]


def main():
    assay, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    kinds = {"speech": recordings.speech, "music": recordings.music, "noise": recordings.noise,
             "mixed": recordings.mixed}
    with tempfile.TemporaryDirectory() as folder:
        for kind, make in kinds.items():
            files = [str(Path(folder, f"{kind}{n}.wav")) for n in range(count)]
            for n, file in enumerate(files):
                recordings.write(file, make(80_000 + n, 4))
            print(f"{kind}, without it: heard in {sum(heard(assay, files))} of {count}", flush=True)
        files = [str(Path(folder, f"keyed{n}.wav")) for n in range(count)]
        made = [keyed(n) for n in range(count)]
        for file, (samples, _) in zip(files, made):
            recordings.write(file, samples)
        found = heard(assay, files)
        print(f"keyed tones: heard in {sum(found)} of {count}, "
              f"{sum(is_heard and not holds for is_heard, (_, holds) in zip(found, made))} of them without it")
        for name, (suffix, options) in ATTACKS.items():
            copies = []
            for n in range(count):
                copies.append(str(Path(folder, f"copy{n}.{suffix}")))
                samples = np.concatenate([rhythm(), recordings.speech(90_000 + n, 4)])
                recordings.write(copies[-1], samples, options)
            print(f"with it, {name}: heard in {sum(heard(assay, copies))} of {count}", flush=True)


main()
