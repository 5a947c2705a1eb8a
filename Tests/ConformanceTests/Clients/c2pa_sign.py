"""Signs files of every container with the reference library, for another verifier to judge.

Usage: c2pa_sign.py FOLDER

FOLDER holds NAME.key and NAME.pem (chain, leaf first) for each algorithm. Makes the media with ffmpeg
and a few bytes of its own, and prints a line of JSON for each signed file: its path, what it is, and
the sidecar where the manifest is not in it. Needs c2pa-python and ffmpeg; network is off.
"""

import json
import os
import subprocess
import sys

import c2pa

folder = sys.argv[1]
ALGORITHMS = ["es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519"]
PICTURE = ["-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=0.5"]
SOUND = ["-f", "lavfi", "-i", "sine=duration=0.5"]
CLIP = [*PICTURE, *SOUND, "-shortest", "-pix_fmt", "yuv420p"]
STILL = [*PICTURE, "-frames:v", "1"]
MADE = {
    "plain.mp4": ("video/mp4", CLIP),
    "faststart.mp4": ("video/mp4", [*CLIP, "-movflags", "+faststart"]),
    "fragmented.mp4": ("video/mp4", [*CLIP, "-movflags", "frag_keyframe+empty_moov+default_base_moof"]),
    "movie.mov": ("video/quicktime", CLIP),
    "sound.m4a": ("audio/mp4", SOUND),
    "still.jpg": ("image/jpeg", STILL),
    "still.png": ("image/png", STILL),
    "still.webp": ("image/webp", STILL),
    "still.tiff": ("image/tiff", STILL),
    "moving.gif": ("image/gif", PICTURE),
    "tone.wav": ("audio/wav", SOUND),
    "clip.avi": ("video/avi", CLIP),
    "tone.mp3": ("audio/mpeg", SOUND),
    "tone.flac": ("audio/flac", SOUND),
    "still.avif": ("image/avif", [*STILL, "-c:v", "libaom-av1", "-cpu-used", "8", "-still-picture", "1"]),
}
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def path(name):
    return os.path.join(folder, name)


def read(name):
    with open(path(name), encoding="ascii") as handle:
        return handle.read()


def context(**more):
    settings = {
        "version": 1,
        "verify": {"verify_after_sign": False, "ocsp_fetch": False, "remote_manifest_fetch": False},
        "builder": {"thumbnail": {"enabled": False}},
    }
    for section, values in more.items():
        settings.setdefault(section, {}).update(values)
    return c2pa.Context.from_dict(settings)


def manifest(*actions, **more):
    return {
        "claim_generator_info": [{"name": "another program", "version": "1"}],
        "title": "made elsewhere",
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": list(actions), "allActionsIncluded": True}},
            {"label": "org.example.note", "data": {"a": [1, {"b": "c"}]}},
        ],
        **more,
    }


CREATED = {"action": "c2pa.created", "digitalSourceType": SOURCE}
OPENED = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["one"]}}
PLACED = {"action": "c2pa.placed", "parameters": {"ingredientIds": ["one"]}}


def sign(source, target, media_type, algorithm, what, settings=None, definition=None, **options):
    info = c2pa.C2paSignerInfo(
        alg=algorithm.encode(),
        sign_cert=read(algorithm + ".pem").encode(),
        private_key=read(algorithm + ".key").encode(),
        ta_url=None,
    )
    builder = c2pa.Builder(definition or manifest(CREATED), context=settings or context())
    with c2pa.Signer.from_info(info) as signer, builder:
        if "ingredient" in options:
            name, kind, relationship = options["ingredient"]
            with open(path(name), "rb") as stream:
                builder.add_ingredient(
                    {"title": name, "relationship": relationship, "label": "one"}, kind, stream
                )
        if options.get("is_detached"):
            builder.set_no_embed()
        if "remote" in options:
            builder.set_remote_url(options["remote"])
        with open(path(source), "rb") as reading, open(path(target), "w+b") as writing:
            store = builder.sign(signer, media_type, reading, writing)
    line = {"file": path(target), "what": what, "algorithm": algorithm}
    if options.get("is_detached"):
        line["sidecar"] = path(target + ".c2pa")
        with open(line["sidecar"], "wb") as handle:
            handle.write(store)
    print(json.dumps(line), flush=True)


for name, (media_type, arguments) in MADE.items():
    made = subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *arguments, path(name)], capture_output=True, check=False
    )
    if made.returncode != 0:
        continue
    for algorithm in ALGORITHMS:
        sign(name, f"{algorithm}-{name}", media_type, algorithm, "a container")
with open(path("drawing.svg"), "wb") as drawing:
    drawing.write(b'<svg xmlns="http://www.w3.org/2000/svg"><text>drawn</text></svg>')
sign("drawing.svg", "signed.svg", "image/svg+xml", "es256", "a container")

MP4 = "video/mp4"
JPEG = "image/jpeg"
for size, proofs in ((1, 0), (1, 5), (4, 2)):
    trees = context(core={"merkle_tree_chunk_size_in_kb": size, "merkle_tree_max_proofs": proofs})
    sign("plain.mp4", f"tree-{size}-{proofs}.mp4", MP4, "es256", "a Merkle tree", trees)
compressed = context(core={"prefer_compress_manifests": True})
sign("plain.mp4", "compressed.mp4", MP4, "es256", "a compressed manifest", compressed)
sign("still.png", "compressed.png", "image/png", "es256", "a compressed manifest", compressed)
older = manifest(CREATED, claim_version=1)
sign("still.jpg", "older.jpg", JPEG, "es256", "a claim of version 1", definition=older)
sign("still.jpg", "beside.jpg", JPEG, "es256", "a sidecar", is_detached=True)
sign("plain.mp4", "beside.mp4", MP4, "es384", "a sidecar", is_detached=True)
url = "https://example.org/manifest.c2pa"
sign("still.jpg", "linked.jpg", JPEG, "es256", "an address besides", remote=url)
pictured = context(builder={"thumbnail": {"enabled": True}})
sign("still.jpg", "thumbnail.jpg", JPEG, "es256", "a thumbnail", pictured)
opened, placed = manifest(OPENED), manifest(CREATED, PLACED)
for base, kind in (("plain.mp4", MP4), ("still.jpg", JPEG), ("tone.wav", "audio/wav")):
    first = ("es256-" + base, kind, "parentOf")
    sign(base, "edited-" + base, kind, "es384", "a parent", definition=opened, ingredient=first)
    second = ("edited-" + base, kind, "parentOf")
    sign(base, "again-" + base, kind, "ps256", "two parents in a row", definition=opened, ingredient=second)
    part = ("compressed.png", "image/png", "componentOf")
    sign(base, "placed-" + base, kind, "es256", "a part, compressed", definition=placed, ingredient=part)
    bare = ("still.webp", "image/webp", "componentOf")
    sign(base, "bare-" + base, kind, "es256", "a part without a past", definition=placed, ingredient=bare)
