#!/usr/bin/env python3
"""The derivation of the marks of pictures and sounds once more, from the comments of
Sources/Provenance/WatermarkSecret.swift and Sources/Watermark alone: prints the vectors that
Tests/ProvenanceTests/WatermarkSecretTests.swift holds. Standard library only."""
import hashlib, hmac, math, struct

ALGORITHM = b"org.assay.tds.1"
SOUND = b"org.assay.tbp.1"


def chacha_words(seed):
    def turn(value, by):
        return (value << by | value >> (32 - by)) & 0xFFFFFFFF

    def quarter(s, a, b, c, d):
        s[a] = s[a] + s[b] & 0xFFFFFFFF; s[d] = turn(s[d] ^ s[a], 16)
        s[c] = s[c] + s[d] & 0xFFFFFFFF; s[b] = turn(s[b] ^ s[c], 12)
        s[a] = s[a] + s[b] & 0xFFFFFFFF; s[d] = turn(s[d] ^ s[a], 8)
        s[c] = s[c] + s[d] & 0xFFFFFFFF; s[b] = turn(s[b] ^ s[c], 7)

    counter = 0
    while True:
        start = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", seed)) + [counter, 0, 0, 0]
        state = list(start)
        for _ in range(10):
            for column in range(4):
                quarter(state, column, column + 4, column + 8, column + 12)
            for n, (a, b, c, d) in enumerate(((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))):
                quarter(state, a, b, c, d)
        block = struct.pack("<16I", *((x + y) & 0xFFFFFFFF for x, y in zip(state, start)))
        yield from struct.unpack("<8Q", block)
        counter += 1


def shuffle(items, words):
    for i in range(len(items) - 1, 0, -1):
        j = next(words) * (i + 1) >> 64
        items[i], items[j] = items[j], items[i]


def encode(identifier, tag):
    bits = [int(b) for b in f"{identifier:064b}{tag:024b}"] + [0] * 8
    register, coded = 0, []
    for bit in bits:
        register = (register << 1 | bit) & 511
        coded += [(register & g).bit_count() & 1 for g in (0o463, 0o535, 0o733, 0o745)]
    return coded


def sound_vectors(secret, identifier):
    def derived(label, rest=b""):
        return hmac.new(secret, SOUND + b"/" + label + rest, hashlib.sha256).digest()

    chips = list(range(28 * 64))
    shuffle(chips, chacha_words(derived(b"carriers")))
    sync, payload = chips[:320], chips[320:]
    words = chacha_words(derived(b"sync"))
    sync_signs = [1 - 2 * (next(words) >> 63) for _ in sync]
    slots = [i % 384 for i in range(len(payload))]
    shuffle(slots, chacha_words(derived(b"slots")))
    words = chacha_words(derived(b"signs"))
    signs = [1 - 2 * (next(words) >> 63) for _ in slots]
    tag = int.from_bytes(derived(b"tag", struct.pack(">Q", identifier))[:3], "big")
    coded = encode(identifier, tag)
    tile = dict(zip(sync, sync_signs))
    tile |= {chip: (1 - 2 * coded[slot]) * sign for chip, slot, sign in zip(payload, slots, signs)}
    print("sound: sync", sync[:6], sync_signs[:6], "payload", payload[:6])
    print("slots", slots[:8], "signs", signs[:8], f"tag {tag:06x}")
    print("tile", "".join("+" if tile[chip] > 0 else "-" for chip in range(32)))


def vectors(secret, identifier):
    def derived(label, rest=b""):
        return hmac.new(secret, ALGORITHM + b"/" + label + rest, hashlib.sha256).digest()

    carriers = [(u, v) for v in range(64) for u in range(-64, 64) if (v > 0 or u > 0) and 50 <= u * u + v * v <= 655]
    shuffle(carriers, chacha_words(derived(b"carriers")))
    sync, payload = carriers[:286], carriers[286:]
    words = chacha_words(derived(b"sync"))
    phases = [2 * math.pi * ((next(words) >> 11) * 2.0**-53) for _ in sync]
    slots = [i % 384 for i in range(2 * len(payload))]
    shuffle(slots, chacha_words(derived(b"slots")))
    words = chacha_words(derived(b"signs"))
    signs = [1 - 2 * (next(words) >> 63) for _ in slots]

    tag = int.from_bytes(derived(b"tag", struct.pack(">Q", identifier))[:3], "big")
    coded = encode(identifier, tag)
    values = [((u, v), math.sqrt(2) * complex(math.cos(p), math.sin(p))) for (u, v), p in zip(sync, phases)]
    dims = [(1 - 2 * coded[s]) * sign for s, sign in zip(slots, signs)]
    values += [(c, complex(dims[2 * n], dims[2 * n + 1])) for n, c in enumerate(payload)]
    norm = math.sqrt(sum(abs(f) ** 2 for _, f in values) / 2)

    def tile(x, y):
        total = 0.0
        for (u, v), f in values:
            angle = 2 * math.pi * (u * x + v * y) / 128
            total += f.real * math.cos(angle) - f.imag * math.sin(angle)
        return total / norm

    print("carriers", len(carriers), "seed of sync", derived(b"sync").hex())
    print("sync", sync[:4], "payload", payload[:4])
    print("phases", [round(p, 6) for p in phases[:3]])
    print("slots", slots[:8], "signs", signs[:8])
    print(f"tag {tag:06x} coded", "".join(map(str, coded[:32])))
    print("tile", [(x, y, round(tile(x, y), 4)) for x, y in ((0, 0), (1, 0), (0, 1), (77, 13), (127, 127))])


vectors(bytes(range(32)), 0x0123456789ABCDEF)
sound_vectors(bytes(range(32)), 0x0123456789ABCDEF)
