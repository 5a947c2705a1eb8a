"""Tries every route of the served API for bytes that must not be had.

Arguments: the data folder, and ids as NAME=ID: released, held, deleted (of the key in the environment).
Prints one JSON object: how many requests were made, and each leak.
"""

import json
import os
import re
import sqlite3
import sys
import urllib.error
import urllib.request

BASE = os.environ["OPENAI_BASE_URL"].removesuffix("/v1")
MAGIC = [(4, b"ftyp"), (0, b"\x89PNG"), (0, b"RIFF"), (0, b"\xff\xd8\xff"), (0, b"ID3")]
# A route's parameters, whatever they are called.
FIELD = re.compile(r"{\w+}")
METHODS = ("get", "post", "put", "patch", "delete")
made = 0


def ask(method, path, key, headers=None):
    global made
    made += 1
    request = urllib.request.Request(BASE + path, method=method, headers=headers or {})
    if key:
        request.add_header("authorization", f"Bearer {key}")
    if method == "POST":
        request.add_header("content-type", "application/json")
        request.data = b'{"prompt": "x", "reason": "x", "decision": "block"}'
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def is_media(body):
    return any(body[at:at + len(mark)] == mark for at, mark in MAGIC)


def main(folder, ids):
    own = os.environ["OPENAI_API_KEY"]
    _, document = ask("GET", "/openapi.json", None)
    routes = [(path, method) for path, item in json.loads(document)["paths"].items()
              for method in item if method != "parameters"]
    leaks, faults = [], []
    # The document is true: what it names is there, and what it does not name is not.
    # Auditors' routes say nothing to a caller's key.
    for path in {path for path, _ in routes if not path.startswith("/v1/audit")}:
        for method in METHODS:
            status, body = ask(method.upper(), FIELD.sub("unknown", path), own)
            if status == 403:  # A key's scope is looked at before the route.
                continue
            is_served = status != 405 and b"unknown_url" not in body
            if is_served != ((path, method) in routes):
                faults.append(f"document: {method} {path} -> {status}")
    # What may be had at all: the probe would find nothing if it could not find this.
    status, body = ask("GET", f"/v1/videos/{ids['released']}/content", own)
    assert status == 200 and is_media(body), "the released clip cannot be had"
    variants = ["", "?variant=video", "?variant=thumbnail", "?variant=spritesheet"]
    strange = ["..%2f..%2fquarantine%2f{}%2fraw.mp4", "{}.mp4", "{}%00", "%2e%2e/{}", "{}/raw.mp4",
               "quarantine/{}/raw.mp4", "{}%2fcontent"]

    def probe(name, id, key):
        for path, method in routes:
            if method == "delete":
                continue
            for variant in variants if "content" in path else [""]:
                for headers in ({}, {"range": "bytes=0-99"}, {"if-none-match": "x"}):
                    status, body = ask(method.upper(), FIELD.sub(id, path) + variant, key,
                                       headers)
                    if is_media(body):
                        leaks.append(f"{name}: {method} {path}{variant} -> {status}")
                    if status >= 500:
                        faults.append(f"{name}: {method} {path}{variant} -> {status}")
        for pattern in strange:
            for root in ("/files/", "/v1/videos/", "/v1/reviews/", "/"):
                status, body = ask("GET", root + pattern.format(id), key)
                if is_media(body) or status >= 500:
                    leaks.append(f"{name}: {root}{pattern} -> {status}")

    probe("held", ids["held"], own)
    probe("deleted", ids["deleted"], own)
    probe("another tenant's", ids["released"], "sk-other")
    probe("without a key", ids["released"], None)
    probe("with a wrong key", ids["released"], "sk-wrong")
    database = sqlite3.connect(f"{folder}/jobs.sqlite", timeout=30)
    with database:
        database.execute(
            "UPDATE jobs SET expires_at = 1, job = json_set(job, '$.expires_at', 1) WHERE id = ?",
            [ids["released"]])
    database.close()
    probe("expired", ids["released"], own)
    print(json.dumps({"requests": made, "leaks": leaks, "faults": faults}))


if __name__ == "__main__":
    main(sys.argv[1], dict(pair.split("=", 1) for pair in sys.argv[2:]))
