#!/usr/bin/env python3
"""Follows a log over HTTP as any C2SP client would (tlog-tiles, tlog-checkpoint, signed-note), checks
what RFC 9110 asks of its answers, and validates every entry against the published schema.
usage: tlog_client.py PREFIX VKEY SCHEMA   prints one JSON object"""
import collections, contextlib, json, os, sys, tempfile, urllib.error, urllib.request
import jsonschema
import tlog_check


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer: return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error: return error.code, error.headers, error.read()


def fetched(prefix, name, **expected):
    status, headers, body = get(f"{prefix}/{name}")
    assert status == 200, (name, status)
    for header, part in expected.items():
        assert part in headers[header.replace("_", "-")], (name, header, headers[header.replace("_", "-")])
    again, known, empty = get(f"{prefix}/{name}", **{"If-None-Match": headers["ETag"]})
    assert (again, empty, known["ETag"]) == (304, b"", headers["ETag"]), (name, again)
    other, _, same = get(f"{prefix}/{name}", **{"If-None-Match": '"another"'})
    assert (other, same) == (200, body), name
    return body


def groups(number):
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000: parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts)


def main(prefix, vkey, schema):
    name, identifier, public = tlog_check.key(vkey)
    assert fetched(prefix, "vkey", Content_Type="text/plain").decode().strip() == vkey
    note = fetched(prefix, "checkpoint", Content_Type="text/plain", Cache_Control="no-cache")
    size, _ = tlog_check.checkpoint(note.decode(), name, identifier, public)
    with tempfile.TemporaryDirectory() as folder:
        def keep(path, data):
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "wb") as file: file.write(data)
        keep("checkpoint", note)
        level, count = 0, size
        while count:
            for number in range((count + 255) // 256):
                width = min(256, count - number * 256)
                suffix = groups(number) + ("" if width == 256 else f".p/{width}")
                for kind in ([str(level), "entries"] if level == 0 else [str(level)]):
                    path = f"tile/{kind}/{suffix}"
                    keep(path, fetched(
                        prefix, path, Content_Type="application/octet-stream", Cache_Control="immutable"))
            level, count = level + 1, count // 256
        with contextlib.redirect_stdout(None): tlog_check.main(folder, vkey)
        entries = []
        for number in range((size + 255) // 256):
            bundle = tlog_check.tile(folder, "entries", number, min(256, size - number * 256))
            while bundle:
                length = int.from_bytes(bundle[:2], "big")
                entries.append(json.loads(bundle[2:2 + length]))
                bundle = bundle[2 + length:]
    with open(schema) as file: schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = [f"{number}: {error.message} at {list(error.path)}"
             for number, entry in enumerate(entries) for error in validator.iter_errors(entry)]
    assert not wrong, wrong[:5]
    # The validator is not asleep.
    assert not validator.is_valid(dict(entries[0], kind="another.kind"))
    last = f"{groups(size // 256)}.p/{size % 256 + 1}"
    for path in ["tile/0/999", "tile/9/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/0", "tile/0/0000",
                 "tile/0/x000/000", "tile/-1/000", "tile/64/000", "tile/entries/999", "tile", "tile/", "",
                 f"tile/0/{last}", "tile/0/..%2f..%2fvkey", "tile/%2e%2e/log.sqlite", "log.sqlite",
                 "payloads.sqlite", "tile/0/000%00", "checkpoint/x", "tile/0/000.p/01"]:
        status, headers, body = get(f"{prefix}/{path}")
        assert status == 404, (path, status, body[:80])
    print(json.dumps({"size": size, "kinds": collections.Counter(entry["kind"] for entry in entries)}))


main(*sys.argv[1:])
