"""Signs files made from other files with `assay sign` and asks the reference library for its verdict.

Usage: c2pa_ingredients.py ASSAY FOLDER

Prints a line of JSON for each signed file: what it is, the verdict on it, and the labels of the manifests
in it. FOLDER is scratch space. Needs c2pa-python, ffmpeg and openssl.
"""

import json
import os
import sys

import c2pa_matrix as matrix

PLACE = "org.example.place"
CREATED = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}
COMPOSED = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic",
}


def definition(*actions, **others):
    return {
        "claim_generator_info": [{"name": "ingredients"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": list(actions)}},
            *others.pop("assertions", []),
        ],
        **others,
    }


class Signer:
    def __init__(self, assay, folder):
        self.assay, self.folder = assay, folder
        self.judge = matrix.Judge(self.at("root.pem"))
        self.trust = ["--trust", "own=" + self.at("root.pem")]

    def at(self, name):
        return os.path.join(self.folder, name)

    def sign(self, source, target, *arguments, made=None):
        if made:
            path = self.at(target + ".json")
            with open(path, "w", encoding="utf-8") as handle:
                json.dump(made, handle)
            arguments = ["--manifest", path, *arguments]
        result = matrix.run(
            *[self.assay, "sign", self.at(source), self.at(target), *self.trust],
            *["--key", self.at("es256.key"), "--cert", self.at("es256.pem"), *arguments],
        )
        line = {"file": target, "signed": result.returncode == 0}
        label = None
        if result.returncode == 0:
            label = result.stdout.split()[-1]
            line["state"], line["codes"], line["manifests"] = self.verdict(target)
        else:
            line["error"] = result.stderr.strip()
        print(json.dumps(line), flush=True)
        return label

    def verdict(self, name):
        kind = {"png": "image/png", "jpg": "image/jpeg", "mp4": "video/mp4"}[name.rsplit(".", 1)[1]]
        state, codes = self.judge.verdict(self.at(name), kind)
        return state, codes, self.judge.manifests(self.at(name), kind)


def main():
    assay, folder = sys.argv[1], sys.argv[2]
    matrix.make_keys(folder, ["es256"])
    signer = Signer(assay, folder)
    for name in ("bare.png", "bare.jpg"):
        matrix.must("ffmpeg", "-v", "error", "-y", *matrix.STILL, signer.at(name))

    place = {"label": PLACE, "data": {"street": "12 Some Street"}}
    picture = {"format": "image/png", "identifier": "bare.png"}
    taken = signer.sign(
        "bare.png", "taken.png", made=definition(CREATED, assertions=[place], thumbnail=picture)
    )
    # With its picture, beside one that has no credentials.
    collage = definition(COMPOSED)
    both = ["--ingredient", "componentOf=" + signer.at("taken.png")]
    both += ["--ingredient", "inputTo=" + signer.at("bare.jpg")]
    signer.sign("bare.jpg", "collage.jpg", *both, made=collage)
    drawn = {"label": "d", "relationship": "componentOf", "title": "drawn", "format": "image/png"}
    signer.sign(
        "bare.jpg", "thumbnail.jpg", made=definition(COMPOSED, ingredients=[drawn | {"thumbnail": picture}])
    )
    # Opened again, and once more.
    signer.sign("taken.png", "opened.png")
    signer.sign("opened.png", "again.png")

    uri = f"self#jumbf=/c2pa/{taken}/c2pa.assertions/{PLACE}"
    signer.sign("taken.png", "redacted.png", "--redact", uri)
    signer.sign("taken.png", "update.png", "--update", "--redact", uri)
    # The redacted one and the whole one meet.
    met = ["--ingredient", "componentOf=" + signer.at("taken.png")]
    met += ["--ingredient", "componentOf=" + signer.at("redacted.png")]
    signer.sign("bare.jpg", "met.jpg", *met, made=collage)
    # One that somebody changed, under the same label.
    with open(signer.at("taken.png"), "rb") as handle:
        bytes_ = handle.read()
    with open(signer.at("forged.png"), "wb") as handle:
        handle.write(bytes_.replace(b"12 Some Street", b"13 Some Street"))
    conflict = ["--ingredient", "componentOf=" + signer.at("taken.png")]
    conflict += ["--ingredient", "componentOf=" + signer.at("forged.png")]
    # The standard gives it a new label and leaves its claim alone, which names its signature by the old
    # one: the ingredient assertion says so.
    signer.sign("bare.jpg", "conflict.jpg", *conflict, made=collage)


main()
