"""Sets the bounds of the text rules of a policy to what the training found.

Only numbers change: those of rules that rest on one score of the heads alone and review or block.
What the heads suggest is kept within the same limits again, so that nobody has to trust the file:
no such rule reviews below 0.6 or blocks below 0.9, or 0.95 where too few rows stand behind it.
Rules that need more than a score (a list, an age) and the floor stay as people wrote them.

Usage: bounds.py Models/text-heads.json Policies/default.json
"""

import json
import math
import re
import sys

from limits import lowest

RULE = re.compile(
    r'("on": \[(?P<on>[^\]]*)\],\s*"when": \{ "score": "(?P<score>[^"]+)", "at_least": )'
    r'(?P<bound>[0-9.]+)( \},\s*"then": "(?P<then>review|block)")')


def bound(heads, modality, action, name):
    suggested = heads["suggested"][modality][action][name]
    value = max(suggested, lowest(action, heads["dev_rows"][modality][name]))
    return min(math.ceil(value * 10_000) / 10_000, 0.9999)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="ascii") as file:
        heads = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        policy = file.read()

    def replaced(match):
        if match["score"] not in heads["labels"]:
            return match[0]
        modality = "transcript" if '"transcript"' in match["on"] else "prompt"
        number = bound(heads, modality, match["then"], match["score"])
        return f"{match[1]}{number}{match[5]}"

    policy = RULE.sub(replaced, policy)
    json.loads(policy)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(policy)


if __name__ == "__main__":
    main()
