"""Trains the text heads: a network of one hidden layer on MiniLM's frozen int8 embeddings.

Recipe: one output that decides ("unsafe"), 13 categories and some tags that only help to learn.
An unsafe row is often labelled with one category only, so its other categories weigh 0.3; a rare
category weighs up to 6 times as much; a row weighs less the more rows its source has; benign and
unsafe rows weigh the same together; and a share of rows is learnt a second time in disguise.

Usage: train.py --embed EMBED_TEXT --models FOLDER --out text-heads.json
                --train A.jsonl… --dev B.jsonl --held-out C.jsonl [--seed 1]

Thresholds are chosen on the dev rows; the held-out rows only measure what comes of them.

Needs numpy. About a minute on one processor.
"""

import argparse
import base64
import json
import random
import struct
import subprocess

import numpy as np
from disguises import disguise
from limits import lowest

CATEGORIES = [
    "sexual", "sexual/minors", "harassment", "harassment/threatening", "hate", "hate/threatening",
    "illicit", "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions",
    "violence", "violence/graphic"]
TAGS = [
    "prompt_injection", "extremism", "likeness", "public_figure", "political", "deception", "ip",
    "minor"]
LABELS = ["unsafe"] + CATEGORIES
WIDTH, HIDDEN = 3 * 384, 128
# Each part of an embedding has length 1; this gives its numbers unit variance.
SCALE = 384 ** 0.5
# The share of benign rows that passes all thresholds of an action.
REVIEW_THROUGH, BLOCK_THROUGH = 0.97, 0.99
# Benign rows that the search for thresholds tries at one step.
LOOK_AHEAD = 8


def read(paths):
    return [json.loads(line) for path in paths for line in open(path, encoding="utf-8")]


def run(arguments, mode, texts):
    rows = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    return subprocess.run(
        [arguments.embed, arguments.models, mode], input=rows, check=True,
        capture_output=True).stdout


def embed(arguments, texts):
    output = run(arguments, "embeddings", texts)
    return np.frombuffer(output, np.float32).reshape(len(texts), WIDTH) * SCALE


def embed_windows(arguments, texts):
    """All windows of all texts, and for each text which of them are its own."""
    output, offset, parts, ranges, total = run(arguments, "windows", texts), 0, [], [], 0
    for _ in texts:
        (count,) = struct.unpack_from("<I", output, offset)
        parts.append(np.frombuffer(output, np.float32, count * WIDTH, offset + 4))
        offset += 4 + count * WIDTH * 4
        ranges.append((total, total + count))
        total += count
    return np.concatenate(parts).reshape(total, WIDTH) * SCALE, ranges


def family(row):
    return row["source"].split("/")[0]


def targets(rows):
    """Labels, how sure each is, and what each row weighs."""
    wanted = np.array([
        [row["unsafe"]] + [name in row["categories"] for name in CATEGORIES]
        + [name in row["tags"] for name in TAGS] for row in rows], np.float32)
    sure = np.ones_like(wanted)
    sure[(wanted[:, :1] == 1) & (wanted == 0)] = 0.3
    counts = {}
    for row in rows:
        key = (family(row), row["unsafe"])
        counts[key] = counts.get(key, 0) + 1
    weight = np.array(
        [counts[family(row), row["unsafe"]] ** -0.5 for row in rows], np.float32)
    for unsafe in (True, False):
        group = np.array([row["unsafe"] == unsafe for row in rows])
        weight[group] *= 0.5 * len(rows) / weight[group].sum()
    return wanted, sure, weight


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


def fit(x, wanted, sure, weight, seed, steps=1200, batch=256, rate=1e-3, decay=0.05):
    """Weights and biases of both layers, by AdamW with a rate that falls to zero."""
    rng = np.random.default_rng(seed)
    outputs = wanted.shape[1]
    positive = (((1 - wanted) * sure).sum(0) / np.maximum(wanted.sum(0), 1)) ** 0.5
    positive = np.clip(positive, 1, 6)
    positive[0] = 1
    share = np.full(outputs, 0.5 / 3, np.float32)
    share[0] = 1
    parameters = [
        rng.uniform(-1, 1, (HIDDEN, WIDTH)) / WIDTH ** 0.5, np.zeros(HIDDEN),
        rng.uniform(-1, 1, (outputs, HIDDEN)) / HIDDEN ** 0.5, np.full(outputs, -1.0)]
    parameters = [value.astype(np.float32) for value in parameters]
    first = [np.zeros_like(value) for value in parameters]
    second = [np.zeros_like(value) for value in parameters]
    for step in range(1, steps + 1):
        rows = rng.integers(len(x), size=batch)
        w1, b1, w2, b2 = parameters
        kept = (rng.random((batch, WIDTH)) > 0.2) / 0.8
        dropped = x[rows] * kept
        hidden, slope = gelu(dropped @ w1.T + b1)
        kept_hidden = (rng.random((batch, HIDDEN)) > 0.3) / 0.7
        hidden = hidden * kept_hidden
        probability = 1 / (1 + np.exp(-(hidden @ w2.T + b2)))
        y = wanted[rows]
        error = (probability * (1 - y) - (1 - probability) * y * positive)
        error *= sure[rows] * weight[rows, None] * share / batch
        back = (error @ w2) * kept_hidden * slope
        gradients = [back.T @ dropped, back.sum(0), error.T @ hidden, error.sum(0)]
        speed = rate * (1 - step / steps)
        for index, gradient in enumerate(gradients):
            first[index] = 0.9 * first[index] + 0.1 * gradient
            second[index] = 0.999 * second[index] + 0.001 * gradient ** 2
            move = (first[index] / (1 - 0.9 ** step)) / (
                np.sqrt(second[index] / (1 - 0.999 ** step)) + 1e-8)
            if index in (0, 2):
                move = move + decay * parameters[index]
            parameters[index] = (parameters[index] - speed * move).astype(np.float32)
    return parameters


def predict(parameters, x):
    w1, b1, w2, b2 = [value.astype(np.float16).astype(np.float32) for value in parameters]
    return 1 / (1 + np.exp(-(gelu(x @ w1.T + b1)[0] @ w2.T + b2)))


def area(scores, wanted):
    """The chance that a positive row scores above a negative one (AUC)."""
    if wanted.all() or not wanted.any():
        return float("nan")
    order = scores.argsort(kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positives = wanted.sum()
    return (ranks[wanted].sum() - positives * (positives + 1) / 2) / (
        positives * (len(wanted) - positives))


def category_rows(rows, modality):
    """How many unsafe rows of a modality each label has."""
    chosen = [row for row in rows if row["modality"] == modality and row["unsafe"]]
    return {
        name: len(chosen) if name == "unsafe" else sum(name in row["categories"] for row in chosen)
        for name in LABELS}


def thresholds(scores, rows, modality):
    """A threshold for each label, such that together they stop as many unsafe rows as they can
    while the wanted share of benign rows passes all of them: begin above every benign row, then
    lower, again and again, the threshold that gains most for the benign rows it costs."""
    chosen = np.array([row["modality"] == modality for row in rows])
    unsafe = np.array([row["unsafe"] for row in rows]) & chosen
    benign = chosen & ~unsafe
    steps = [np.unique(scores[benign, column])[::-1] for column in range(len(LABELS))]
    result = {}
    counts = category_rows(rows, modality).values()
    highest = np.array([values[0] + 0.01 for values in steps])
    limits = highest
    for action, through in (("block", BLOCK_THROUGH), ("review", REVIEW_THROUGH)):
        floors = np.array([lowest(action, count) for count in counts])
        limits = np.maximum(np.minimum(limits, highest), floors)
        budget = int(benign.sum() * (1 - through))
        while True:
            stopped = (scores >= limits).any(1)
            spent = stopped[benign].sum()
            best = None
            for column, values in enumerate(steps):
                for limit in values[values < limits[column]][:LOOK_AHEAD]:
                    if limit < floors[column]:
                        break
                    now = stopped | (scores[:, column] >= limit)
                    cost = now[benign].sum() - spent
                    gain = now[unsafe].sum() - stopped[unsafe].sum()
                    if spent + cost > budget or gain == 0:
                        continue
                    rate = gain / (cost + 0.5)
                    if best is None or rate > best[0]:
                        best = (rate, column, limit)
            if best is None:
                break
            limits[best[1]] = best[2]
        result[action] = {
            name: min(round(float(limit), 5), 0.99999) for name, limit in zip(LABELS, limits)}
    return result


def stopped_by(limits, scores):
    return (scores >= np.array([limits[name] for name in LABELS])).any(1)


def window_scores(arguments, parameters, rows):
    """A text scores what its worst window scores, as in the product."""
    x, ranges = embed_windows(arguments, [row["text"] for row in rows])
    scores = predict(parameters, x)
    return np.array([
        scores[start:end].max(0) if end > start else np.zeros(len(LABELS))
        for start, end in ranges])


def report(title, scores, rows, suggested):
    for modality, limits in suggested.items():
        chosen = np.array([row["modality"] == modality for row in rows])
        unsafe = np.array([row["unsafe"] for row in rows]) & chosen
        benign = chosen & ~unsafe
        for action, values in limits.items():
            stopped = stopped_by(values, scores)
            print(f"{title:9} {modality:10} {action:6} "
                  f"stops {stopped[unsafe].mean():.3f} of {unsafe.sum()} unsafe rows, "
                  f"passes {1 - stopped[benign].mean():.3f} of {benign.sum()} benign rows")


def halves(array):
    return base64.b64encode(np.ascontiguousarray(array, "<f2").tobytes()).decode()


def main():
    parser = argparse.ArgumentParser()
    for name in ("--embed", "--models", "--out", "--dev", "--held-out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", default="3")
    parser.add_argument("--disguised", type=float, default=0.6)
    arguments = parser.parse_args()

    rows, dev = read(arguments.train), read([arguments.dev])
    chance = random.Random(arguments.seed)
    copies = [index for index in range(len(rows)) if chance.random() < arguments.disguised]
    texts = [row["text"] for row in rows]
    texts += [disguise(rows[index]["text"], chance) for index in copies]
    x = embed(arguments, texts)
    wanted, sure, weight = targets(rows)
    index = np.array(list(range(len(rows))) + copies)
    parameters = fit(x, wanted[index], sure[index], weight[index], arguments.seed)
    kept = len(LABELS)
    parameters[2], parameters[3] = parameters[2][:kept], parameters[3][:kept]

    scores = window_scores(arguments, parameters, dev)
    suggested = {
        modality: thresholds(scores, dev, modality) for modality in ("prompt", "transcript")}
    truth = np.array([
        [row["unsafe"]] + [name in row["categories"] for name in CATEGORIES] for row in dev])
    for column, name in enumerate(LABELS):
        print(f"{name:26} AUC {area(scores[:, column], truth[:, column]):.3f}"
              f"  rows {truth[:, column].sum()}")
    report("dev", scores, dev, suggested)
    held_out = read([arguments.held_out])
    report("held out", window_scores(arguments, parameters, held_out), held_out, suggested)

    heads = {
        "version": arguments.version,
        "encoder": "all-MiniLM-L6-v2, int8, three poolings",
        "labels": LABELS,
        "layers": [
            {"inputs": WIDTH, "outputs": HIDDEN, "weights": halves(parameters[0]),
             "bias": halves(parameters[1])},
            {"inputs": HIDDEN, "outputs": kept, "weights": halves(parameters[2]),
             "bias": halves(parameters[3])}],
        "suggested": suggested,
        "dev_rows": {modality: category_rows(dev, modality) for modality in suggested},
    }
    with open(arguments.out, "w", encoding="ascii") as file:
        json.dump(heads, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
