#!/usr/bin/env python3
"""Checks a log from its files alone, written from the published specifications (RFC 6962 and RFC
9162, C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-proof), without a line of Assay's.
usage: tlog_check.py LOG-FOLDER VKEY [PROOF ENTRY]...   prints one JSON object"""
import base64, hashlib, json, os, struct, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree, verify_consistency as pm_consistency, verify_inclusion as pm_inclusion


def digest(data): return hashlib.sha256(data).digest()
def leaf(entry): return digest(b"\x00" + entry)
def node(left, right): return digest(b"\x01" + left + right)


def root(hashes):
    if not hashes: return digest(b"")
    if len(hashes) == 1: return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node(root(hashes[:half]), root(hashes[half:]))


def key(text):
    name, identifier, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    assert digest(name.encode() + b"\n" + raw)[:4].hex() == identifier, "key id"
    assert raw[0] == 1, "key type"
    return name, bytes.fromhex(identifier), Ed25519PublicKey.from_public_bytes(raw[1:])


def checkpoint(note, name, identifier, public):
    """Origin, size and root of a note that the log signed."""
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    good = False
    for line in signatures.rstrip("\n").split("\n"):
        dash, signer, encoded = line.split(" ")
        assert dash == "\u2014", "signature line"
        raw = base64.b64decode(encoded, validate=True)
        if signer == name and raw[:4] == identifier:
            public.verify(raw[4:], text.encode())
            good = True
    assert good, "not signed by the log"
    origin, size, encoded = text.rstrip("\n").split("\n")
    assert origin == name and str(int(size)) == size
    return int(size), base64.b64decode(encoded, validate=True)


def verify_inclusion(hash_, index, size, proof, expected):
    if index >= size: return False
    first, last = index, size - 1
    for step in proof:
        if last == 0: return False
        if first & 1 or first == last:
            hash_ = node(step, hash_)
            while not first & 1 and first: first >>= 1; last >>= 1
        else: hash_ = node(hash_, step)
        first >>= 1; last >>= 1
    return last == 0 and hash_ == expected


def tile(folder, kind, number, width):
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000: groups.insert(0, f"x{number % 1000:03d}")
    path = os.path.join(folder, "tile", kind, *groups)
    with open(path if width == 256 else f"{path}.p/{width}", "rb") as file: return file.read()


def main(folder, vkey, *proofs):
    name, identifier, public = key(vkey)
    with open(os.path.join(folder, "checkpoint"), encoding="utf-8", newline="") as file:
        size, expected = checkpoint(file.read(), name, identifier, public)
    entries, hashes, tree = [], [], InmemoryTree(algorithm="sha256")
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        bundle = tile(folder, "entries", number, width)
        while bundle:
            (count,) = struct.unpack(">H", bundle[:2])
            entries.append(bundle[2:2 + count])
            bundle = bundle[2 + count:]
        level0 = tile(folder, "0", number, width)
        hashes += [level0[i:i + 32] for i in range(0, len(level0), 32)]
    assert len(entries) == len(hashes) == size, "entries"
    assert all(leaf(entry) == hash_ for entry, hash_ in zip(entries, hashes)), "leaf hashes"
    assert root(hashes) == expected, "root"
    above, level = hashes, 1
    while above := [root(above[i:i + 256]) for i in range(0, len(above) // 256 * 256, 256)]:
        for number in range((len(above) + 255) // 256):
            part = above[number * 256:number * 256 + 256]
            assert tile(folder, str(level), number, len(part)) == b"".join(part), "upper tile"
        level += 1
    for entry in entries:
        record = json.loads(entry)
        assert json.dumps(record, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode() == entry
        tree.append_entry(entry)
    # The other implementation's tree over the same entries has the same root at every size.
    assert tree.get_root() == expected, "pymerkle's root"
    agreed = 0
    for old in range(1, size + 1, max(1, size // 50)):
        proof = tree.prove_consistency(old, size)
        pm_consistency(root(hashes[:old]), expected, proof)
        agreed += 1
    for path, entry in zip(proofs[::2], proofs[1::2]):
        with open(path, encoding="utf-8", newline="") as file: text = file.read()
        head, note = text.split("\n\n", 1)
        lines = head.split("\n")
        assert lines.pop(0) == "c2sp.org/tlog-proof@v1", "header"
        with open(entry, "rb") as file: data = file.read()
        if lines[0].startswith("extra "): assert base64.b64decode(lines.pop(0)[6:]) == data, "extra"
        index = int(lines.pop(0).removeprefix("index "))
        steps = [base64.b64decode(line, validate=True) for line in lines]
        covered, top = checkpoint(note, name, identifier, public)
        assert verify_inclusion(leaf(data), index, covered, steps, top), "inclusion"
        assert not verify_inclusion(leaf(data + b" "), index, covered, steps, top)
        if covered == size:
            other = tree.prove_inclusion(index + 1, size)
            pm_inclusion(leaf(data), top, other)
            # Theirs has the leaf in it too; the siblings must be the very same.
            path = [bytes.fromhex(x) for x in other.serialize()["path"]]
            path.remove(leaf(data))
            assert sorted(path) == sorted(steps), "same path"
        agreed += 1
    print(json.dumps({"size": size, "root": base64.b64encode(expected).decode(), "agreed": agreed}))


if __name__ == "__main__": main(*sys.argv[1:])
