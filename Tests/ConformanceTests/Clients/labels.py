"""Labels and signs one file of every container with `assay sign --label`, and asks others to read it.

Usage: labels.py ASSAY FOLDER

Prints a line of JSON for each file: the reference library's verdict, whether it still decodes to the
same pictures and sound, and the labels as ExifTool (XMP, keys, EXIF) and ffprobe (MP4, MP3) read them.
Needs c2pa-python, ffmpeg, exiftool and openssl.
"""

import json
import os
import sys

from c2pa_matrix import Judge, decoded, make_keys, make_sources, must, run

# Their XMP would be an item of the meta box, or has no place at all.
PLACELESS = {"still.avif", "still.heic", "drawing.svg"}
# Other spellings of a container that is there already.
ALIKE = {"clip.m4v", "long.mp4", "open.mp4", "based.mp4", "still.dng"}
LABEL = ["--label", "trainedAlgorithmicMedia", "--aigc-producer", "Matrix", "--aigc-id", "clip-7"]


def exif(path):
    found = json.loads(run("exiftool", "-j", "-G1", "-a", "-struct", path).stdout)[0]
    texts = lambda name: [str(v) for k, v in found.items() if k.lower().endswith(name)]  # noqa: E731
    return {
        "source_type": texts(":digitalsourcetype"),
        "aigc": [json.loads(t) if t.startswith("{") else t for t in texts(":aigc")],
        "comment": texts(":usercomment"),
        "warnings": texts(":warning") + texts(":error"),
        "title": texts(":title"),
    }


def probe(path):
    shown = run("ffprobe", "-v", "error", "-show_entries", "format_tags=AIGC", "-of", "json", path)
    text = json.loads(shown.stdout).get("format", {}).get("tags", {}).get("AIGC")
    return json.loads(text) if text else None


def main():
    assay, folder = sys.argv[1], sys.argv[2]
    make_keys(folder, ["es256"])
    judge = Judge(os.path.join(folder, "root.pem"))
    key = os.path.join(folder, "es256")
    signing = ["--key", key + ".key", "--cert", key + ".pem"]
    for name, kind, is_playable in make_sources(folder):
        if name in PLACELESS | ALIKE:
            continue
        source, output = (os.path.join(folder, prefix + name) for prefix in ("", "labelled-"))
        if name in ("still.jpg", "still.png", "still.webp", "moving.gif"):
            must("exiftool", "-q", "-overwrite_original", "-XMP-dc:Title=A title", source)
        result = run(assay, "sign", source, output, *signing, *LABEL)
        line = {"file": name, "signed": result.returncode == 0, "error": result.stderr.strip()}
        if result.returncode == 0:
            line["state"], line["codes"] = judge.verdict(output, kind)
            line["decodes"] = not is_playable or decoded(output) == decoded(source)
            line.update(exif(output))
            line["probed"] = probe(output) if kind.startswith(("video/", "audio/")) else None
            other = run(assay, "sign", output, output + ".2", *signing, "--label", "algorithmicMedia")
            line["refused"] = other.returncode
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
