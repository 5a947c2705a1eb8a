"""Makes the scores of a trained gate mean the same after each training.

Policies compare a category with 0.3, 0.5 or 0.86. Each category's bias falls by what brings the 99.5th
percentile of harmless rows down to 0.5, and none rises. `unsafe` keeps its order, its bounds are chosen by
`bounds.py`; but a gate that was trained for long is surer than it is right, and above 0.9999 there is no
bound to choose. Its logit is divided by the temperature that makes the rows likeliest (Guo et al. 2017).

Usage: calibrate.py GATE.safetensors ROWS.jsonl SCORES.jsonl [ROWS SCORES]…
"""

import json
import math
import sys

from safetensors.numpy import load_file, save_file

SHARE = 0.995
TEMPERATURES = [1 + step / 20 for step in range(101)]


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def logit(score):
    score = min(max(score, 1e-9), 1 - 1e-9)
    return math.log(score / (1 - score))


def temperature(rows):
    """Of (score, whether unsafe); harm and harmlessness count the same."""
    counts = [sum(1 for _, unsafe in rows if unsafe == kind) for kind in (False, True)]

    def surprise(divisor):
        return sum(
            math.log1p(math.exp((-1 if unsafe else 1) * logit(score) / divisor)) / counts[unsafe]
            for score, unsafe in rows)

    return min(TEMPERATURES, key=surprise)


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        sys.exit(__doc__)
    judged = []
    for rows, scores in zip(sys.argv[2::2], sys.argv[3::2]):
        unsafe = {row["id"]: row["unsafe"] for row in read(rows)}
        judged += [(e["scores"], unsafe[e["id"]]) for e in read(scores) if e["scores"]]
    benign = [scores for scores, unsafe in judged if not unsafe]
    gate = load_file(sys.argv[1])
    bias = gate["head.output.bias"].copy()
    weight = gate["head.output.weight"].copy()
    divisor = temperature([(scores["unsafe"], unsafe) for scores, unsafe in judged])
    place = list(benign[0]).index("unsafe")
    bias[place] /= divisor
    weight[place] /= divisor
    print(f"unsafe: logit divided by {divisor:.2f}")
    for index, name in enumerate(benign[0]):
        ordered = sorted(scores[name] for scores in benign)
        score = min(ordered[int(SHARE * len(ordered))], 1 - 1e-6)
        if name != "unsafe" and score > 0.5:
            bias[index] -= logit(score)
            print(f"{name:24} {score:.3f} -> 0.5")
    gate["head.output.bias"], gate["head.output.weight"] = bias, weight
    save_file(gate, sys.argv[1])


if __name__ == "__main__":
    main()
