"""The characters that a recognition model's outputs stand for, a line each, out of its metadata.

Usage: characters.py MODEL.onnx OUT.txt
"""

import sys

import onnx


def main(source, target):
    model = onnx.load(source, load_external_data=False)
    values = {entry.key: entry.value for entry in model.metadata_props}
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        file.write(values["character"])


if __name__ == "__main__":
    main(*sys.argv[1:3])
