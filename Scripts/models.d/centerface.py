"""CenterFace as it is published has an input of 10 x 3 x 32 x 32; frees the dimensions, so that a
picture of any size in steps of 32 runs. Its weights are inputs too, as ONNX asked for once: a runtime
must expect others with each picture, and cannot lay them out for the processor beforehand. Makes
them constants, which nearly halves the time.

Usage: centerface.py IN.onnx OUT.onnx
"""

import sys

import onnx

FREE = ("n", None, "height", "width")


def main(source, target):
    model = onnx.load(source)
    weights = {weight.name for weight in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for value in list(model.graph.input) + list(model.graph.output):
        dimensions = value.type.tensor_type.shape.dim
        if len(dimensions) != len(FREE):
            continue
        for dimension, name in zip(dimensions, FREE):
            if name:
                # Outputs have a quarter of the input's size: names of their own.
                dimension.dim_param = f"{name}_{value.name}"
    onnx.save(model, target)


if __name__ == "__main__":
    main(*sys.argv[1:3])
