"""Lowers the categories of a trained gate until hardly any harmless row scores above 0.5.

Policies compare a category with 0.3, 0.5 or 0.86; such numbers should mean the same after each
training. Each bias falls by what brings the 99.5th percentile of harmless rows down to 0.5, and none
rises. `unsafe` stays: its bounds are chosen by `bounds.py`.

Usage: calibrate.py GATE.safetensors ROWS.jsonl SCORES.jsonl [ROWS SCORES]…
"""

import json
import math
import sys

from safetensors.numpy import load_file, save_file

SHARE = 0.995


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        sys.exit(__doc__)
    benign = []
    for rows, scores in zip(sys.argv[2::2], sys.argv[3::2]):
        unsafe = {row["id"]: row["unsafe"] for row in read(rows)}
        benign += [e["scores"] for e in read(scores) if e["scores"] and not unsafe[e["id"]]]
    gate = load_file(sys.argv[1])
    bias = gate["head.output.bias"].copy()
    for index, name in enumerate(benign[0]):
        ordered = sorted(scores[name] for scores in benign)
        score = min(ordered[int(SHARE * len(ordered))], 1 - 1e-6)
        if name != "unsafe" and score > 0.5:
            bias[index] -= math.log(score / (1 - score))
            print(f"{name:24} {score:.3f} -> 0.5")
    gate["head.output.bias"] = bias
    save_file(gate, sys.argv[1])


if __name__ == "__main__":
    main()
