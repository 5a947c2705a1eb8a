#!/usr/bin/env python3
"""Asks a witness for cosignatures as a log of somebody else's would (C2SP tlog-witness,
tlog-cosignature), and tries what a witness must refuse. Without a line of Assay's.
usage: tlog_witness.py WITNESS-URL WITNESS-VKEY LOG-KEY-SEED   prints one JSON object"""
import base64, concurrent.futures, hashlib, json, struct, sys, time, urllib.error, urllib.request
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tlog_check import digest, leaf, root

ORIGIN = "log.example/of-somebody-else"


def half(count): return 1 << ((count - 1).bit_length() - 1)


def consistency(old, hashes, whole=True):
    """SUBPROOF of RFC 9162 section 2.1.4.1."""
    if old == len(hashes): return [] if whole else [root(hashes)]
    cut = half(len(hashes))
    if old <= cut: return consistency(old, hashes[:cut], whole) + [root(hashes[cut:])]
    return consistency(old - cut, hashes[cut:], False) + [root(hashes[:cut])]


class Log:
    def __init__(self, seed, origin=ORIGIN):
        self.key, self.origin, self.hashes = Ed25519PrivateKey.from_private_bytes(seed), origin, []
        raw = b"\x01" + self.key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.identifier = digest(origin.encode() + b"\n" + raw)[:4]
        self.vkey = f"{origin}+{self.identifier.hex()}+{base64.b64encode(raw).decode()}"

    def grow(self, count, salt=b""):
        for _ in range(count): self.hashes.append(leaf(salt + str(len(self.hashes)).encode()))
        return self

    def note(self, size=None, top=None, key=None):
        size = len(self.hashes) if size is None else size
        top = root(self.hashes[:size]) if top is None else top
        text = f"{self.origin}\n{size}\n{base64.b64encode(top).decode()}\n"
        raw = self.identifier + (key or self.key).sign(text.encode())
        return f"{text}\n\u2014 {self.origin} {base64.b64encode(raw).decode()}\n"

    def request(self, old, proof=None, **of):
        size = of.get("size", len(self.hashes))
        if proof is None: proof = consistency(old, self.hashes[:size]) if 0 < old <= size else []
        lines = "".join(base64.b64encode(step).decode() + "\n" for step in proof)
        return f"old {old}\n{lines}\n{self.note(**of)}"


def post(url, body):
    request = urllib.request.Request(f"{url}/add-checkpoint", data=body.encode(), method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def cosigned(line, note, vkey):
    """The time of a cosignature line over a note; fails if the witness did not sign it."""
    name, identifier, encoded = vkey.split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    assert raw[0] == 4 and digest(name.encode() + b"\n" + raw)[:4].hex() == identifier, "witness key"
    dash, signer, encoded = line.rstrip("\n").split(" ")
    signature = base64.b64decode(encoded, validate=True)
    assert (dash, signer, len(signature)) == ("\u2014", name, 76) and signature[:4].hex() == identifier
    (seconds,) = struct.unpack(">Q", signature[4:12])
    text = note.split("\n\n")[0] + "\n"
    public = Ed25519PublicKey.from_public_bytes(raw[1:])
    public.verify(signature[12:], f"cosignature/v1\ntime {seconds}\n{text}".encode())
    try: public.verify(signature[12:], f"cosignature/v1\ntime {seconds + 1}\n{text}".encode())
    except InvalidSignature: return seconds
    raise AssertionError("a cosignature over any time")


def main(url, vkey, seed):
    log, answers = Log(bytes.fromhex(seed)), []

    def expect(status, body, said=None):
        answer = post(url, body)
        assert answer[0] == status, (status, answer)
        if said is not None: assert answer[2] == said, answer
        answers.append(status)
        return answer

    def accept(body, note):
        line = expect(200, body)[2]
        assert abs(cosigned(line, note, vkey) - time.time()) < 300, "the witness's clock"

    latest = f"{url}/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    try: urllib.request.urlopen(latest); raise AssertionError("a checkpoint before the first")
    except urllib.error.HTTPError as error: assert error.code == 404
    accept(log.request(0, size=0), log.note(size=0))
    log.grow(7)
    accept(log.request(0), log.note())
    # The same again is no harm: a log that lost the answer asks again.
    accept(log.request(7), log.note())
    log.grow(13)
    assert expect(409, log.request(0, proof=[]), "7\n")[1] == "text/x.tlog.size"
    expect(409, log.request(3), "7\n")
    expect(400, log.request(30, proof=[]))
    expect(422, log.request(7, proof=consistency(7, log.hashes)[:-1]))
    expect(422, log.request(7, proof=[]))
    forged = Log(bytes.fromhex(seed)).grow(20, b"another history ")
    expect(422, forged.request(7))
    expect(422, log.request(7, size=7, top=forged.hashes[0]))
    expect(403, log.request(7, key=Ed25519PrivateKey.generate()))
    expect(404, Log(bytes.fromhex(seed), "log.example/unknown").grow(3).request(0))
    for body in ["", "old 7\n", "old -1\n\n" + log.note(), "old 07\n\n" + log.note(),
                 "old 7\nnot base64!\n\n" + log.note(), log.request(7).replace("\u2014", "-")]:
        expect(400, body)
    accept(log.request(7), log.note())
    with urllib.request.urlopen(latest) as answer: newest = answer.read().decode()
    assert newest.split("\n")[1] == "20" and newest.startswith(log.note().rstrip("\n"))
    cosigned(newest.rstrip("\n").split("\n")[-1], newest, vkey)
    # Two requests in flight: one is first, and the size never goes back.
    log.grow(20)
    bodies = [log.request(20, size=size) for size in range(21, 41)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda body: post(url, body)[0], bodies))
    assert statuses.count(200) == 1 and statuses.count(409) == 19, statuses
    with urllib.request.urlopen(latest) as answer: size = int(answer.read().decode().split("\n")[1])
    assert size == 21 + statuses.index(200)
    print(json.dumps({"answers": answers, "size": size}))


if __name__ == "__main__": main(*sys.argv[1:])
