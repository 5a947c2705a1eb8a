"""Recordings to measure on, all made here: speech by flite through ffmpeg's filter, music and noise by rules.
None is kept. 48 kHz, one channel. Needs numpy."""
import random
import subprocess

import numpy as np

RATE = 48_000
WORDS = """the of and harbour river winter machine voice light music under seven letter garden silver quickly
answer because never stone window people through mountain question paper evening other between small danger travel
copper silent remember yellow number village station bread thousand open weather simple doctor island strange morning
circle promise before large orange summer candle engine letter kitchen forest whether moving people north railway
carpet mother sudden valley golden teacher ocean pencil market""".split()


def decode(arguments, rate=RATE):
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", *arguments, "-ac", "1", "-ar", str(rate), "-f", "f32le", "-"],
        capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.float32).astype(np.float64)


def write(path, samples, options=()):
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "-", *options, path],
        input=samples.astype(np.float32).tobytes(), check=True)


def even(samples, seconds):
    count = int(seconds * RATE)
    samples = np.pad(samples[:count], (0, max(0, count - len(samples))))
    return samples / max(np.abs(samples).max(), 1e-9) * 0.7


def speech(seed, seconds=10):
    draw = random.Random(seed)
    voice = draw.choice(["slt", "rms", "awb", "kal16", "kal"])
    text = " ".join(draw.choice(WORDS) for _ in range(int(seconds * 3.6)))
    return even(decode(["-f", "lavfi", "-i", f"flite=text='{text}':voice={voice}"]), seconds)


def music(seed, seconds=10):
    """A melody of plucked or bowed tones over held chords, with or without drums."""
    draw = np.random.default_rng(seed)
    count = int(seconds * RATE)
    out = np.zeros(count)
    beat = 60 / draw.uniform(70, 150)
    root = draw.uniform(110, 220)
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16])

    def add(start, tone):
        first = int(start * RATE)
        out[first:first + len(tone)] += tone[:max(0, count - first)]

    def tone(frequency, length, kind):
        t = np.arange(int(length * RATE)) / RATE
        if kind == "pluck":
            return sum(np.sin(2 * np.pi * frequency * k * t * (1 + 1e-4 * k * k)) * np.exp(-t * (2 + k * 1.3)) / k
                       for k in range(1, 12))
        if kind == "pad":
            swell = np.minimum(1, t / 0.15) * np.minimum(1, (t[-1] - t) / 0.15)
            return swell * sum(np.sin(2 * np.pi * frequency * k * t + draw.uniform(0, 6))
                               * (1 + 0.2 * np.sin(10 * np.pi * t)) / k**1.5 for k in range(1, 9))
        return sum(np.sin(2 * np.pi * frequency * k * t) / k for k in range(1, 20)) * np.minimum(1, t / 0.02) * np.exp(-1.5 * t)

    lead = draw.choice(["pluck", "saw"])
    start = 0.0
    while start < seconds:
        add(start, 0.25 * tone(root * 2 * 2 ** (draw.choice(scale) / 12), beat * draw.choice([0.5, 1, 1.5]), lead))
        start += beat * draw.choice([0.25, 0.5, 0.5, 1])
    for start in np.arange(0, seconds, beat * 4):
        chord = draw.choice(scale[:6])
        for step in (0, 4, 7):
            add(start, 0.12 * tone(root * 2 ** ((chord + step) / 12), beat * 4, "pad"))
    if draw.random() < 0.7:
        t = np.arange(int(0.25 * RATE)) / RATE
        for n, start in enumerate(np.arange(0, seconds, beat / 2)):
            add(start, draw.standard_normal(len(t)) * np.exp(-60 * t) * (0.25 if n % 2 else 0.12))
            if n % 4 == 0:
                add(start, 0.7 * np.sin(2 * np.pi * (50 * t + 4 * (1 - np.exp(-30 * t)))) * np.exp(-14 * t))
    return even(out, seconds)


def noise(seed, seconds=10):
    """Wind and hiss: noise whose colour differs and whose loudness swells."""
    draw = np.random.default_rng(seed)
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(draw.standard_normal(count))
    spectrum[1:] /= np.fft.rfftfreq(count, 1 / RATE)[1:] ** draw.uniform(0, 1.1)
    spectrum[0] = 0
    t = np.arange(count) / RATE
    swell = 1 + 0.5 * np.sin(2 * np.pi * draw.uniform(0.1, 0.5) * t + draw.uniform(0, 6))
    return even(np.fft.irfft(spectrum, count) * swell, seconds)


def mixed(seed, seconds=10):
    return even(0.8 * speech(seed, seconds) + 0.25 * music(seed + 99_991, seconds), seconds)


KINDS = {"speech": speech, "music": music, "noise": noise, "mixed": mixed}
