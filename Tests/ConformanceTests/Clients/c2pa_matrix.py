"""Signs one file of every container with `assay sign` and asks the reference library for its verdict.

Usage: c2pa_matrix.py ASSAY FOLDER [--full]

Without --full each container is signed with one algorithm, in turn; with it, with all seven. Prints a
line of JSON for each signed file: what it is, the verdict, and whether it still decodes to the same
pictures and sound. FOLDER is scratch space. Needs c2pa-python, ffmpeg and openssl.
"""

import json
import os
import struct
import subprocess
import sys

import c2pa

ALGORITHMS = ["es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519"]
PICTURE = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1"]
SOUND = ["-f", "lavfi", "-i", "sine=duration=1"]
CLIP = PICTURE + SOUND + ["-shortest", "-pix_fmt", "yuv420p", "-g", "5"]
STILL = PICTURE + ["-frames:v", "1"]

# Name, media type, ffmpeg's arguments.
MADE = [
    ("faststart.mp4", "video/mp4", CLIP + ["-movflags", "+faststart"]),
    ("plain.mp4", "video/mp4", CLIP),
    ("clip.m4v", "video/x-m4v", CLIP + ["-f", "mp4"]),
    ("movie.mov", "video/quicktime", CLIP),
    ("sound.m4a", "audio/mp4", SOUND),
    ("still.avif", "image/avif", STILL + ["-c:v", "libaom-av1", "-cpu-used", "8", "-still-picture", "1"]),
    ("still.jpg", "image/jpeg", STILL),
    ("still.png", "image/png", STILL),
    ("still.webp", "image/webp", STILL),
    ("moving.gif", "image/gif", PICTURE),
    ("still.tiff", "image/tiff", STILL),
    ("tone.wav", "audio/wav", SOUND),
    ("clip.avi", "video/avi", CLIP),
    ("tone.mp3", "audio/mpeg", SOUND + ["-metadata", "title=A tone"]),
    ("tone.flac", "audio/flac", SOUND),
    ("fragmented.mp4", "video/mp4", CLIP + ["-movflags", "frag_keyframe+empty_moov+default_base_moof"]),
    ("based.mp4", "video/mp4", CLIP + ["-movflags", "frag_keyframe+empty_moov"]),
    ("indexed.mp4", "video/mp4", CLIP + ["-movflags", "frag_keyframe+empty_moov+dash+global_sidx"]),
]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><text>drawn</text></svg>'


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def must(*command):
    result = run(*command)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: {result.stderr}")


def write(path, data):
    with open(path, "wb") as handle:
        handle.write(data)


def read(path):
    with open(path, "rb") as handle:
        return handle.read()


def boxes(data):
    position = 0
    while position < len(data):
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        if size == 1:
            size = struct.unpack(">Q", data[position + 8 : position + 16])[0]
        yield position, size or len(data) - position, kind
        position += size or len(data)


def long_media(data):
    """A 64-bit size for mdat, in the place of the empty box that ffmpeg leaves in front of it."""
    for position, size, kind in boxes(data):
        if kind == b"free" and size == 8 and data[position + 12 : position + 16] == b"mdat":
            length = struct.unpack(">I", data[position + 8 : position + 12])[0] + 8
            head = struct.pack(">I4sQ", 1, b"mdat", length)
            return data[:position] + head + data[position + 16 :]
    sys.exit("no free box before mdat")


def open_media(data):
    """An mdat that runs to the end of the file."""
    for position, size, kind in boxes(data):
        if kind == b"mdat" and position + size == len(data):
            return data[:position] + b"\0\0\0\0" + data[position + 4 :]
    sys.exit("mdat is not last")


def make_sources(folder):
    sources = []
    for name, kind, arguments in MADE:
        must("ffmpeg", "-v", "error", "-y", *arguments, os.path.join(folder, name))
        sources.append((name, kind, True))
    at = lambda name: os.path.join(folder, name)  # noqa: E731
    write(at("long.mp4"), long_media(read(at("plain.mp4"))))
    write(at("open.mp4"), open_media(read(at("faststart.mp4"))))
    write(at("still.heic"), read(at("still.avif")).replace(b"avif", b"heic", 1))
    write(at("still.dng"), read(at("still.tiff")))
    write(at("drawing.svg"), SVG)
    return sources + [
        ("long.mp4", "video/mp4", True),
        ("open.mp4", "video/mp4", True),
        ("still.heic", "image/heic", False),
        ("still.dng", "image/x-adobe-dng", False),
        ("drawing.svg", "image/svg+xml", False),
    ]


def make_keys(folder, algorithms=ALGORITHMS):
    """A root and one signer for each algorithm, by the certificate profile of C2PA."""
    at = lambda name: os.path.join(folder, name)  # noqa: E731
    kinds = {
        "es256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "es384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "es512": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        "ed25519": ["-algorithm", "ED25519"],
    }
    rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    with open(at("leaf.ext"), "w", encoding="ascii") as handle:
        handle.write(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            "extendedKeyUsage=1.3.6.1.4.1.62558.2.1,emailProtection\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
        )
    must("openssl", "genpkey", *kinds["es256"], "-out", at("root.key"))
    must(
        *["openssl", "req", "-x509", "-new", "-key", at("root.key"), "-out", at("root.pem")],
        *["-days", "30", "-subj", "/O=Matrix/CN=Matrix Root"],
        *["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    )
    for name in algorithms:
        must("openssl", "genpkey", *kinds.get(name, rsa), "-out", at(name + ".key"))
        must(
            *["openssl", "req", "-new", "-key", at(name + ".key"), "-out", at(name + ".csr")],
            *["-subj", "/O=Matrix/CN=Matrix " + name],
        )
        must(
            *["openssl", "x509", "-req", "-in", at(name + ".csr"), "-CA", at("root.pem")],
            *["-CAkey", at("root.key"), "-CAcreateserial", "-days", "20"],
            *["-extfile", at("leaf.ext"), "-out", at(name + ".pem")],
        )


def decoded(path):
    result = run("ffmpeg", "-v", "error", "-i", path, "-f", "md5", "-")
    return result.stdout if result.returncode == 0 and not result.stderr else None


class Judge:
    def __init__(self, root):
        self.context = c2pa.Context.from_dict(
            {
                "version": 1,
                "trust": {
                    "trust_anchors": read(root).decode("ascii"),
                    "trust_config": "1.3.6.1.4.1.62558.2.1\n1.3.6.1.5.5.7.3.4\n",
                },
                "verify": {"verify_trust": True, "remote_manifest_fetch": False},
            }
        )

    def report(self, path, kind):
        with open(path, "rb") as stream:
            with c2pa.Reader(kind, stream, context=self.context) as reader:
                return json.loads(reader.json())

    def manifests(self, path, kind):
        try:
            return sorted(self.report(path, kind)["manifests"])
        except Exception:  # as in `verdict`
            return []

    def verdict(self, path, kind):
        try:
            report = self.report(path, kind)
        except Exception as error:  # the library raises on much of what is merely invalid
            return "Error", [str(error)]
        results = report.get("validation_results", {}).get("activeManifest", {})
        codes = [status["code"] for status in results.get("failure", [])]
        codes += [status["code"] for status in results.get("informational", [])]
        return report.get("validation_state"), [c for c in codes if not c.endswith("ocsp.skipped")]


def main():
    assay, folder = sys.argv[1], sys.argv[2]
    is_full = "--full" in sys.argv[3:]
    make_keys(folder)
    judge = Judge(os.path.join(folder, "root.pem"))
    for index, (name, kind, is_playable) in enumerate(make_sources(folder)):
        source = os.path.join(folder, name)
        before = decoded(source) if is_playable else None
        for algorithm in ALGORITHMS if is_full else [ALGORITHMS[index % len(ALGORITHMS)]]:
            output = os.path.join(folder, f"{algorithm}-{name}")
            key = os.path.join(folder, algorithm)
            signing = run(
                *[assay, "sign", source, output, "--key", key + ".key", "--cert", key + ".pem"],
                *["--alg", algorithm],
            )
            line = {"file": name, "algorithm": algorithm, "signed": signing.returncode == 0}
            if signing.returncode == 0:
                line["state"], line["codes"] = judge.verdict(output, kind)
                line["decodes"] = not is_playable or (
                    before is not None and decoded(output) == before
                )
            else:
                line["error"] = signing.stderr.strip()
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
