"""Trains the head that ships: one hidden layer over what the merged int8 encoder makes of a text.

`train.py` learns the adapter with a plain linear head; this head is trained behind it, on exactly the
numbers that it will read (`read-rows MODELS features`), so what rounding to int8 costs is learnt away.
Same recipe: `unsafe` decides, 13 categories name, tags help to learn; unsure labels weigh 0.3.

Three such heads, which draw the rows in different ways, stand beside each other as one.

Usage: head.py --read READ_ROWS --models FOLDER --gate gate.safetensors --out text-gate.safetensors
               --train A.jsonl… [--drop SOURCE…] [--seed 1]

FOLDER holds the encoder with the adapter of GATE merged (any head). Needs numpy and safetensors; a
minute or two on one processor.
"""

import argparse
import json
import random
import struct
import subprocess

import numpy as np
from disguises import disguise
from labels import CATEGORIES, LABELS, TAGS, family
from safetensors.numpy import load_file, save_file

WIDTH, HIDDEN = 3 * 384, 128


def read(paths):
    return [json.loads(line) for path in paths for line in open(path, encoding="utf-8")]


def features(arguments, texts):
    """For each text the features of all its windows."""
    rows = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    output = subprocess.run(
        [arguments.read, arguments.models, "features"], input=rows, check=True,
        stdout=subprocess.PIPE).stdout
    offset, result = 0, []
    for _ in texts:
        (count,) = struct.unpack_from("<I", output, offset)
        values = np.frombuffer(output, np.float32, count * WIDTH, offset + 4)
        result.append(values.reshape(count, WIDTH))
        offset += 4 + count * WIDTH * 4
    return result


def learnt(rows, windows):
    """Row indices and features: every window of harmless texts, of harm the first and, where a text
    is nothing but an encoded part, the one that was decoded."""
    index, parts = [], []
    for number, (row, found) in enumerate(zip(rows, windows)):
        if len(found):
            kept = found[:1] if row["unsafe"] else found
            index += [number] * len(kept)
            parts.append(kept)
    return np.array(index), np.concatenate(parts)


def targets(rows):
    """Labels, how sure each is, and how often each row is drawn."""
    wanted = np.array([
        [row["unsafe"]] + [name in row["categories"] for name in CATEGORIES]
        + [name in row["tags"] for name in TAGS] for row in rows], np.float32)
    sure = np.ones_like(wanted)
    sure[(wanted[:, :1] == 1) & (wanted == 0)] = 0.3
    counts = {}
    for row in rows:
        key = (family(row), row["unsafe"])
        counts[key] = counts.get(key, 0) + 1
    share = np.array([counts[family(row), row["unsafe"]] ** -0.5 for row in rows])
    for unsafe in (True, False):
        group = np.array([row["unsafe"] == unsafe for row in rows])
        share[group] *= 0.5 / share[group].sum()
    return wanted, sure, share


def shares(rows, share):
    """Three ways to draw rows: by source; by source, with our own made rows less often; and all alike,
    with our own less often."""
    own = np.array([row["id"].startswith("own-everyday") for row in rows])
    unsafe = np.array([row["unsafe"] for row in rows])
    for values in (share, share * np.where(own, 0.4, 1), np.where(own, 0.35, 1.0)):
        balanced = values.copy()
        for group in (unsafe, ~unsafe):
            balanced[group] *= 0.5 / balanced[group].sum()
        yield balanced


def erf(x):
    """Abramowitz and Stegun 7.1.26; numpy has none."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (
        1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-x * x))


def gelu(x):
    cumulative = 0.5 * (1 + erf(x * 0.5 ** 0.5))
    slope = cumulative + x * np.exp(-0.5 * x * x) / (2 * np.pi) ** 0.5
    return x * cumulative, slope


def fit(x, index, wanted, sure, share, seed, steps, batch=256, rate=1e-3, decay=0.05):
    """Weights and biases of both layers, by AdamW with a rate that falls to zero."""
    rng = np.random.default_rng(seed)
    outputs = wanted.shape[1]
    positive = (((1 - wanted) * sure).sum(0) / np.maximum(wanted.sum(0), 1)) ** 0.5
    positive = np.clip(positive, 1, 6)
    positive[0] = 1
    part = np.full(outputs, 1 / 6, np.float32)
    part[0] = 1
    windows = np.bincount(index, minlength=len(share))
    drawn = share[index] / windows[index]
    drawn = np.cumsum(drawn / drawn.sum())
    parameters = [
        rng.uniform(-1, 1, (HIDDEN, WIDTH)) / WIDTH ** 0.5, np.zeros(HIDDEN),
        rng.uniform(-1, 1, (outputs, HIDDEN)) / HIDDEN ** 0.5, np.full(outputs, -1.0)]
    parameters = [value.astype(np.float32) for value in parameters]
    first = [np.zeros_like(value) for value in parameters]
    second = [np.zeros_like(value) for value in parameters]
    for step in range(1, steps + 1):
        chosen = np.minimum(np.searchsorted(drawn, rng.random(batch)), len(index) - 1)
        rows = index[chosen]
        w1, b1, w2, b2 = parameters
        dropped = x[chosen] * ((rng.random((batch, WIDTH), np.float32) > 0.2) / np.float32(0.8))
        hidden, slope = gelu(dropped @ w1.T + b1)
        kept_hidden = (rng.random((batch, HIDDEN), np.float32) > 0.3) / np.float32(0.7)
        hidden = hidden * kept_hidden
        probability = 1 / (1 + np.exp(-(hidden @ w2.T + b2)))
        y = wanted[rows]
        error = probability * (1 - y) - (1 - probability) * y * positive
        error *= sure[rows] * part / batch
        back = (error @ w2) * kept_hidden * slope
        gradients = [back.T @ dropped, back.sum(0), error.T @ hidden, error.sum(0)]
        speed = rate * (1 - step / steps)
        for number, gradient in enumerate(gradients):
            first[number] = 0.9 * first[number] + 0.1 * gradient
            second[number] = 0.999 * second[number] + 0.001 * gradient ** 2
            move = (first[number] / (1 - 0.9 ** step)) / (
                np.sqrt(second[number] / (1 - 0.999 ** step)) + 1e-8)
            if number in (0, 2):
                move = move + decay * parameters[number]
            parameters[number] = (parameters[number] - speed * move).astype(np.float32)
    return parameters


def main():
    parser = argparse.ArgumentParser()
    for name in ("--read", "--models", "--gate", "--out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--drop", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--disguised", type=float, default=0.2)
    arguments = parser.parse_args()

    rows = [row for row in read(arguments.train) if family(row) not in arguments.drop]
    chance = random.Random(arguments.seed)
    copies = [row for row in rows if chance.random() < arguments.disguised]
    rows += copies
    texts = [row["text"] for row in rows[:len(rows) - len(copies)]]
    texts += [disguise(row["text"], chance) for row in copies]
    index, x = learnt(rows, features(arguments, texts))
    wanted, sure, share = targets(rows)
    heads = [
        fit(x, index, wanted, sure, share, arguments.seed, arguments.steps)
        for share in shares(rows, share)]
    # Three networks beside each other are one; their answers are averaged.
    kept = len(LABELS)
    parameters = [
        np.concatenate([head[0] for head in heads]), np.concatenate([head[1] for head in heads]),
        np.concatenate([head[2][:kept] for head in heads], axis=1) / len(heads),
        sum(head[3][:kept] for head in heads) / len(heads)]
    gate = {
        name: value for name, value in load_file(arguments.gate).items()
        if not name.startswith("head.")}
    for name, value in zip(
            ("hidden.weight", "hidden.bias", "output.weight", "output.bias"), parameters):
        gate["head." + name] = value.astype(np.float16)
    save_file(gate, arguments.out)


if __name__ == "__main__":
    main()
