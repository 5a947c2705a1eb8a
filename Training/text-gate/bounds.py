"""Chooses the bounds of the text rules of a policy on scores of the model that ships.

`unsafe` decides: its bounds for review and block let a share of harmless rows pass, apart for what is
written and what is spoken. Each group of sources counts the same, so that one large easy source does
not decide for the others. A category's bounds name what was found; they lie where they stop hardly
any harmless row by themselves, but self-harm is reviewed earlier.

Only numbers change: those of rules that rest on one score alone. Rules that need more than a score (a
list, an age) and the floor stay as people wrote them.

Usage: bounds.py Policies/default.json ROWS.jsonl SCORES.jsonl [ROWS SCORES]…
Scores come from `read-rows MODELS scores`; rows that were trained on must not be among them.
"""

import json
import math
import re
import sys

RULE = re.compile(
    r'("on": \[(?P<on>[^\]]*)\],\s*"when": \{ "score": "(?P<score>[^"]+)", "at_least": )'
    r'(?P<bound>[0-9.]+)( \},\s*"then": "(?P<then>review|block)")')
# Harmless rows that pass the bound of `unsafe`, and that no category may stop besides.
THROUGH = {"prompt": {"review": 0.957, "block": 0.995},
           "transcript": {"review": 0.95, "block": 0.996}}
ALONE = {"review": 0.999, "block": 0.9995}
EARLY = {"self-harm": 0.994, "self-harm/intent": 0.994, "self-harm/instructions": 0.994}
# No bound lies below these, whatever the rows say.
LOWEST = {"review": 0.6, "block": 0.9}
# And no category's above these: a single odd row is not worth what a certain answer would stop.
HIGHEST = {"review": 0.9, "block": 0.97}
# Rows that a group of sources needs to count for itself.
GROUP = 60


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def weights(rows):
    """Each group of sources weighs the same; small ones are one group together."""
    counts = {}
    for row in rows:
        family = row["source"].split("/")[0]
        counts[family] = counts.get(family, 0) + 1
    small = sum(count for count in counts.values() if count < GROUP)

    def weight(row):
        count = counts[row["source"].split("/")[0]]
        return 1 / (count if count >= GROUP else max(small, GROUP)) ** 0.5

    return [weight(row) for row in rows]


def quantile(scores, weights, share):
    """The least bound that `share` of the weight lies below."""
    total, sum_ = sum(weights), 0.0
    for score, weight in sorted(zip(scores, weights)):
        sum_ += weight
        if sum_ > share * total:
            return score
    return 1.0


def bound(benign, row_weights, modality, action, name):
    scores = [scores[name] for _, scores in benign]
    if name == "unsafe":
        share = THROUGH[modality][action]
    elif action == "review":
        share = EARLY.get(name, ALONE[action])
    else:
        share = ALONE[action]
    # Up: a bound must not stop what chose it.
    value = math.ceil(quantile(scores, row_weights, share) * 10_000 + 1) / 10_000
    highest = 0.9999 if name == "unsafe" else HIGHEST[action]
    return min(max(value, LOWEST[action]), highest)


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        sys.exit(__doc__)
    pairs = []
    for rows, scores in zip(sys.argv[2::2], sys.argv[3::2]):
        found = {entry["id"]: entry["scores"] for entry in read(scores)}
        pairs += [(row, found[row["id"]]) for row in read(rows)]
    with open(sys.argv[1], encoding="utf-8") as file:
        policy = file.read()
    benign = {
        modality: [
            pair for pair in pairs if not pair[0]["unsafe"] and pair[0]["modality"] == modality
            and pair[1]]
        for modality in THROUGH}
    row_weights = {
        modality: weights([row for row, _ in chosen]) for modality, chosen in benign.items()}

    def replaced(match):
        name, action = match["score"], match["then"]
        modality = "transcript" if '"transcript"' in match["on"] else "prompt"
        if '"frame"' in match["on"] or name not in pairs[0][1]:
            return match[0]
        value = bound(benign[modality], row_weights[modality], modality, action, name)
        if action == "block":
            review = bound(benign[modality], row_weights[modality], modality, "review", name)
            value = max(value, review)
        return f"{match[1]}{value}{match[5]}"

    policy = RULE.sub(replaced, policy)
    json.loads(policy)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(policy)


if __name__ == "__main__":
    main()
