"""Scores of `embed-text MODELS scores` to decisions by the suggested thresholds, for an evaluation.

Usage: decide.py text-heads.json ROWS.jsonl < SCORES.jsonl > DECISIONS.jsonl
"""

import json
import sys

with open(sys.argv[1], encoding="ascii") as heads:
    suggested = json.load(heads)["suggested"]
with open(sys.argv[2], encoding="utf-8") as rows:
    modality = {row["id"]: row["modality"] for row in map(json.loads, rows)}

for line in sys.stdin:
    row = json.loads(line)
    limits = suggested[modality[row["id"]]]

    def reached(action):
        return any(row["scores"][name] >= limit for name, limit in limits[action].items())

    row["decision"] = "block" if reached("block") else "review" if reached("review") else "allow"
    print(json.dumps(row))
