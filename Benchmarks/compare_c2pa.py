"""Times the C2PA library and the reference library side by side; see Benchmarks/c2pa.

Usage: compare_c2pa.py BENCH FOLDER [--megabytes N] [--rounds N] [--small-only | --big-only]

BENCH is the c2pa-bench executable. Both sides run in processes of their own, in turn, and time
themselves in process, so that nobody pays for the start of an interpreter. Prints a table of medians
and ratios, the last of them of processor time, which a busy machine disturbs least. Exits 1 when a
figure is missed.
"""

import argparse
import json
import os
import resource
import statistics
import struct
import subprocess
import sys
import time

SMALL = [5_000, 20_000, 100_000, 300_000, 1_000_000]
MANIFEST = {
    "claim_generator_info": [{"name": "c2pa-bench", "version": "1"}],
    "title": "bench",
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                    }
                ]
            },
        }
    ],
}


def worker(arguments):
    """The reference library's side: `verify FILE ROOT COUNT` or `sign IN OUT KEY CHAIN COUNT - CHECK`."""
    import c2pa

    def context(root=None, check=False):
        settings = {
            "version": 1,
            "verify": {
                "verify_trust": True,
                "ocsp_fetch": False,
                "remote_manifest_fetch": False,
                "verify_after_sign": check,
            },
            # We make none unless told to.
            "builder": {"thumbnail": {"enabled": False}},
        }
        if root:
            with open(root, encoding="ascii") as handle:
                anchors = handle.read()
            settings["trust"] = {
                "trust_anchors": anchors,
                "trust_config": "1.3.6.1.4.1.62558.2.1\n1.3.6.1.5.5.7.3.4\n",
            }
        return c2pa.Context.from_dict(settings)

    def verify(file, made):
        with open(file, "rb") as stream, c2pa.Reader(kind(file), stream, context=made) as reader:
            assert reader.get_validation_state() == "Trusted", reader.json()

    def sign(source, target, signer, made):
        with c2pa.Builder(MANIFEST, context=made) as builder:
            with open(source, "rb") as i, open(target, "w+b") as o:
                builder.sign(signer, kind(source), i, o)

    seconds = []
    if arguments[0] == "verify":
        made = context(arguments[2])
        body, count = (lambda: verify(arguments[1], made)), int(arguments[3])
    else:
        with open(arguments[3], "rb") as key, open(arguments[4], "rb") as chain:
            info = c2pa.C2paSignerInfo(
                alg=b"es256", sign_cert=chain.read(), private_key=key.read(), ta_url=None
            )
        signer = c2pa.Signer.from_info(info)
        made = context(check=arguments[7] == "yes")
        body, count = (lambda: sign(arguments[1], arguments[2], signer, made)), int(arguments[5])
    # The interpreter's start is nobody's signing.
    used = resource.getrusage(resource.RUSAGE_SELF)
    idle = used.ru_utime + used.ru_stime
    for _ in range(count):
        start = time.perf_counter()
        body()
        seconds.append(time.perf_counter() - start)
    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = (used.ru_utime + used.ru_stime - idle) / count
    print(
        json.dumps({"seconds": seconds, "processor": processor, "peak_mib": used.ru_maxrss / 1024})
    )


def kind(path):
    kinds = {"mp4": "video/mp4", "jpg": "image/jpeg", "png": "image/png"}
    return kinds[path.rsplit(".", 1)[1]]


def must(*command, cwd=None):
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: {result.stderr}")
    return result.stdout


def make_keys(folder):
    curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    with open(os.path.join(folder, "leaf.ext"), "w", encoding="ascii") as handle:
        handle.write(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            "extendedKeyUsage=1.3.6.1.4.1.62558.2.1,emailProtection\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
        )
    must("openssl", "genpkey", *curve, "-out", "root.key", cwd=folder)
    must(
        *["openssl", "req", "-x509", "-new", "-key", "root.key", "-out", "root.pem"],
        *["-days", "30", "-subj", "/O=Bench/CN=Bench Root"],
        *["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
        cwd=folder,
    )
    must("openssl", "genpkey", *curve, "-out", "leaf.key", cwd=folder)
    must(
        *["openssl", "req", "-new", "-key", "leaf.key", "-out", "leaf.csr"],
        *["-subj", "/O=Bench/CN=Bench"],
        cwd=folder,
    )
    must(
        *["openssl", "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key"],
        *["-CAcreateserial", "-days", "20", "-extfile", "leaf.ext", "-out", "leaf.pem"],
        cwd=folder,
    )


def grow(source, target, size):
    """`source` with random bytes behind its media, inside its mdat, which is the last box."""
    with open(source, "rb") as handle:
        data = handle.read()
    position = 0
    while position < len(data):
        length, name = struct.unpack(">I4s", data[position : position + 8])
        if name == b"mdat":
            break
        position += length
    assert position + length == len(data), "mdat is not last"
    more = max(0, size - len(data))
    with open(target, "wb") as handle:
        handle.write(data[:position] + struct.pack(">I", length + more) + data[position + 4 :])
        block = os.urandom(1 << 20)
        while more > 0:
            handle.write(block[: min(more, len(block))])
            more -= len(block)


def picture(target, size):
    """A picture of noise whose file has about `size` bytes."""
    side = int((size / (1.39 if target.endswith("png") else 0.73)) ** 0.5)
    noise = f"nullsrc=size={side}x{side}:rate=1:duration=1,geq=random(1)*255:128:128"
    quality = [] if target.endswith("png") else ["-q:v", "2"]
    must("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", noise, "-frames:v", "1", *quality, target)


class Sides:
    def __init__(self, bench):
        self.commands = {
            "ours": [bench],
            "theirs": [sys.executable, os.path.abspath(__file__), "--worker"],
        }

    def alternate(self, rounds, arguments):
        """Median seconds, median processor seconds and peak memory of each side."""
        results = {name: ([], [], 0.0) for name in self.commands}
        for number in range(rounds):
            order = list(self.commands)
            for name in order if number % 2 == 0 else reversed(order):
                line = json.loads(must(*self.commands[name], *arguments(name)))
                seconds, processor, peak = results[name]
                results[name] = (
                    seconds + line["seconds"],
                    processor + [line["processor"]],
                    max(peak, line["peak_mib"]),
                )
        return {
            name: (statistics.median(seconds), statistics.median(processor), peak)
            for name, (seconds, processor, peak) in results.items()
        }


def warm(path):
    """Reads a file once: what was just signed lies partly on disk only, and whoever comes first pays."""
    with open(path, "rb") as handle:
        while handle.read(1 << 20):
            pass


missed = 0


def row(what, results, limit):
    global missed
    (ours, our_work, our_peak) = results["ours"]
    (theirs, their_work, their_peak) = results["theirs"]
    ratio = ours / theirs
    good = ratio <= limit and our_peak < 64
    missed += not good
    print(
        f"| {what} | {ours * 1000:.2f} | {our_peak:.0f} | {theirs * 1000:.2f} | {their_peak:.0f} "
        f"| {ratio:.2f} | {limit} | {'yes' if good else 'NO'} | {our_work / their_work:.2f} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("folder")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--small-only", action="store_true")
    parser.add_argument("--big-only", action="store_true")
    options = parser.parse_args()
    folder = os.path.abspath(options.folder)
    at = lambda name: os.path.join(folder, name)  # noqa: E731
    make_keys(folder)
    clip = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=0.2", "-pix_fmt", "yuv420p"]
    must("ffmpeg", "-v", "error", "-y", *clip, "-movflags", "+faststart", at("seed.mp4"))
    sides = Sides(options.bench)
    key = [at("leaf.key"), at("leaf.pem")]
    print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors\n")
    print("| what | ms | MiB | reference ms | MiB | ratio | asked | met | processor |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    cases = [(size, kind) for size in SMALL for kind in ("mp4", "jpg", "png")]
    for size, extension in [] if options.big_only else cases:
        small = at(f"small.{extension}")
        if extension == "mp4":
            grow(at("seed.mp4"), small, size)
        else:
            picture(small, size)
        out = {side: at(f"{side}.{extension}") for side in ("ours", "theirs")}
        name = f"{extension}, {os.path.getsize(small) / 1000:.0f} kB"
        row(
            f"sign {name}",
            sides.alternate(
                options.rounds,
                lambda side: ["sign", small, out[side], *key, "60", "auto", "no"],
            ),
            1,
        )
        row(
            f"verify {name}",
            sides.alternate(
                options.rounds, lambda side: ["verify", out["ours"], at("root.pem"), "100"]
            ),
            1,
        )
    if options.small_only:
        sys.exit(missed > 0)
    grow(at("seed.mp4"), at("big.mp4"), options.megabytes * 1_000_000)
    big = f"{options.megabytes} MB"
    ways = [(pieces, check) for pieces in ("never", "auto") for check in ("no", "yes")]
    for pieces, check in ways:
        label = {"never": "one hash", "auto": "pieces"}[pieces]
        row(
            f"sign {big}, {label}{', read back' if check == 'yes' else ''}",
            sides.alternate(
                options.rounds,
                lambda side: ["sign", at("big.mp4"), at(side + "-big.mp4"), *key]
                + ["1", pieces, check],
            ),
            0.4,
        )
        if check == "yes":
            continue
        warm(at("ours-big.mp4"))
        row(
            f"verify {big}, {label}",
            sides.alternate(
                options.rounds, lambda side: ["verify", at("ours-big.mp4"), at("root.pem"), "1"]
            ),
            {"never": 0.85, "auto": 0.6}[pieces],
        )
    sys.exit(missed > 0)


if sys.argv[1:2] == ["--worker"]:
    worker(sys.argv[2:])
else:
    main()
