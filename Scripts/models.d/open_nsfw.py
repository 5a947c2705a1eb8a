"""open_nsfw as it is published is a trace: every convolution turns the picture channels-first and
back, and its batch normalisation follows in four steps. Writes the same network with the
normalisation in the convolutions' weights.

Usage: open_nsfw.py IN.onnx OUT.onnx
"""

import sys

import numpy as np
import onnx
from graph import Graph
from onnx import TensorProto, helper, numpy_helper

SIDE = 224
# The trace works its two margins out at run time, from a size that is always the same: three pixels
# around the picture for the first convolution, one behind each line and column for the pool.
MARGINS = {(7, 7): [3, 3, 3, 3], (3, 3): [0, 0, 1, 1]}


class Convolution:
    """A convolution times `scale` plus `shift`, a number of each for a channel. It becomes part of
    the graph when something is done to its result that is no number for a channel."""

    def __init__(self, x, weight, attributes):
        self.x, self.weight, self.attributes = x, weight.astype(np.float64), attributes
        self.scale, self.shift = np.ones(len(weight)), np.zeros(len(weight))

    def then(self, operator, numbers):
        numbers = numbers.astype(np.float64).reshape(-1)
        if operator == "Mul":
            self.scale, self.shift = self.scale * numbers, self.shift * numbers
        else:
            self.shift = self.shift + {"Add": 1, "Sub": -1}[operator] * numbers
        return self

    def write(self, graph):
        return graph.node(
            "Conv", self.x, graph.floats(self.weight * self.scale[:, None, None, None]),
            graph.floats(self.shift), **self.attributes)


def convert(source, target):
    trace = onnx.load(source).graph
    graph = Graph("open-nsfw")
    constants = {value.name: numpy_helper.to_array(value) for value in trace.initializer}
    # What an activation of the trace has become: a name in the graph, or a convolution.
    picture, scores = trace.input[0].name, trace.output[0].name
    activations = {picture: graph.node("Transpose", picture, perm=[0, 3, 1, 2])}
    for node in trace.node:
        output = node.output[0]
        if node.op_type == "Identity" and node.input[0] in constants:
            constants[output] = constants[node.input[0]]
        inputs = [activations[name] for name in node.input if name in activations]
        numbers = [constants[name] for name in node.input if name in constants]
        if not inputs or node.op_type == "Shape":
            continue
        x = inputs[0]
        attributes = {value.name: helper.get_attribute_value(value) for value in node.attribute}
        if node.op_type in ("Cast", "Transpose", "Pad"):
            activations[output] = x
            continue
        if isinstance(x, Convolution) and node.op_type in ("Add", "Sub", "Mul") and numbers:
            activations[output] = x.then(node.op_type, numbers[0])
            continue
        names = [x.write(graph) if isinstance(x, Convolution) else x for x in inputs]
        kernel = tuple(attributes.get("kernel_shape", ()))
        if node.op_type == "Conv":
            if kernel == (7, 7):
                attributes["pads"] = MARGINS[kernel]
            activations[output] = Convolution(names[0], numbers[0], attributes)
        elif node.op_type == "MaxPool":
            activations[output] = graph.node(
                "MaxPool", names[0], kernel_shape=kernel, strides=attributes["strides"],
                pads=MARGINS[kernel])
        elif node.op_type == "ReduceMean":
            activations[output] = graph.node(
                "ReduceMean", names[0], graph.integers(2, 3), keepdims=0)
        elif node.op_type in ("Relu", "Add", "MatMul", "Softmax"):
            activations[output] = graph.node(
                node.op_type, *names, *[graph.floats(value) for value in numbers],
                name=scores if output == scores else None)
        else:
            raise SystemExit(f"open_nsfw.py: the trace has a {node.op_type}, which is not expected")
    graph.save(
        target, [(picture, TensorProto.FLOAT, ["n", SIDE, SIDE, 3])],
        [(scores, TensorProto.FLOAT, ["n", 2])])


if __name__ == "__main__":
    convert(*sys.argv[1:3])
