"""The reference C2PA library's verdict on a file: state, failures and the claim generator as JSON.

Usage: c2pa_read.py FILE ROOT.pem MEDIATYPE. Network is off; ROOT is the only trust anchor.
"""

import json
import sys

import c2pa

file, root, media_type = sys.argv[1:]
with open(root, encoding="ascii") as handle:
    anchors = handle.read()
context = c2pa.Context.from_dict(
    {
        "version": 1,
        "trust": {
            "trust_anchors": anchors,
            "trust_config": "1.3.6.1.4.1.62558.2.1\n1.3.6.1.5.5.7.3.4\n",
        },
        "verify": {
            "verify_after_reading": True,
            "verify_trust": True,
            "ocsp_fetch": False,
            "remote_manifest_fetch": False,
        },
    }
)
try:
    with open(file, "rb") as stream, c2pa.Reader(media_type, stream, context=context) as reader:
        report = json.loads(reader.json())
except Exception as error:  # the library raises on much of what is merely invalid
    print(json.dumps({"state": "Error", "reason": str(error)}))
    sys.exit(0)
active = report.get("manifests", {}).get(report.get("active_manifest"), {})
results = report.get("validation_results", {}).get("activeManifest", {})
print(
    json.dumps(
        {
            "state": report.get("validation_state"),
            "failure": [status["code"] for status in results.get("failure", [])],
            "informational": [status["code"] for status in results.get("informational", [])],
            "generator": active.get("claim_generator_info"),
            "assertions": [assertion["label"] for assertion in active.get("assertions", [])],
            "ingredients": [
                {"relationship": i.get("relationship"), "manifest": i.get("active_manifest")}
                for i in active.get("ingredients", [])
            ],
        }
    )
)
