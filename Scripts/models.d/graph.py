"""A small builder of ONNX graphs whose weight matrices are int8.

A linear layer becomes DynamicQuantizeLinear -> MatMulInteger -> rescale, which ONNX Runtime fuses
into one kernel. Weights use 7 of the 8 bits (-64...64): the u8 x s8 instruction of processors
without VNNI adds pairs of products into 16 bits, and with 7 bits a pair cannot overflow, so every
processor computes the same scores.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 23  # the first with Attention
LARGEST = 64


def quantize_rows(weight):
    """Symmetric int8 for each row of an [out, in] matrix: (int8 matrix, float32 scale a row)."""
    weight = weight.astype(np.float32)
    scale = np.maximum(np.abs(weight).max(axis=1), 1e-12).astype(np.float32) / LARGEST
    return np.rint(weight / scale[:, None]).astype(np.int8), scale


class Graph:
    def __init__(self, name):
        self.name = name
        self.nodes = []
        self.initializers = []

    def constant(self, array):
        name = f"constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def floats(self, value):
        return self.constant(np.asarray(value, np.float32))

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def node(self, operator, *inputs, outputs=1, name=None, **attributes):
        identity = f"{operator}_{len(self.nodes)}"
        names = [name] if name else [f"{identity}_{index}" for index in range(outputs)]
        self.nodes.append(
            helper.make_node(operator, list(inputs), names, name=identity, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x, weight, bias=None, name=None):
        """x [..., in] times weight [out, in], transposed, plus bias [out]."""
        quantized, scale = quantize_rows(weight)
        return self.quantized_linear(
            x, self.constant(quantized.T), self.floats(scale), bias, name)

    def quantized_linear(self, x, matrix, scale, bias=None, name=None):
        """As `linear`, with an int8 constant [in, out] and a float32 constant [out] at hand."""
        x8, x_scale, x_zero = self.node("DynamicQuantizeLinear", x, outputs=3)
        product = self.node("MatMulInteger", x8, matrix, x_zero)
        product = self.node("Cast", product, to=TensorProto.FLOAT)
        rescale = self.node("Mul", x_scale, scale)
        if bias is None:
            return self.node("Mul", product, rescale, name=name)
        return self.node(
            "Add", self.node("Mul", product, rescale), self.floats(bias), name=name)

    def layer_norm(self, x, weight, bias, epsilon):
        return self.node(
            "LayerNormalization", x, self.floats(weight), self.floats(bias), axis=-1,
            epsilon=epsilon)

    def row_norm(self, x, ones, zeros, weight, bias, epsilon):
        """As `layer_norm` for x [1, rows, width], with a one and a zero for each row at hand. The
        runtime's LayerNormalization adds up a row one number after the other;
        InstanceNormalization adds several at once, which saves a seventh of the text model's time."""
        normal = self.node("InstanceNormalization", x, ones, zeros, epsilon=epsilon)
        scaled = self.node("Mul", normal, self.floats(weight))
        return self.node("Add", scaled, self.floats(bias))

    def gelu(self, x):
        return self.node("Gelu", x, approximate="none")

    def attention(self, query, key, value, heads, mask=None):
        """Scaled dot product over `heads`; mask is added to the scores before the softmax."""
        inputs = [query, key, value] + ([mask] if mask else [])
        return self.node("Attention", *inputs, q_num_heads=heads, kv_num_heads=heads)

    def filled(self, shape, value):
        """A float32 tensor of `shape`, which is itself a tensor, that holds one value everywhere."""
        return self.node(
            "ConstantOfShape", shape,
            value=numpy_helper.from_array(np.array([value], np.float32)))

    def dimension(self, x, axis):
        """The length of one axis, as a tensor of one integer."""
        return self.node(
            "Slice", self.node("Shape", x), self.integers(axis), self.integers(axis + 1))

    def slice(self, x, start, end, axis):
        return self.node("Slice", x, start, end, self.integers(axis))

    def save(self, path, inputs, outputs):
        """`inputs`, `outputs`: (name, element type, shape) with names for free dimensions."""
        graph = helper.make_graph(
            self.nodes, self.name,
            [helper.make_tensor_value_info(*value) for value in inputs],
            [helper.make_tensor_value_info(*value) for value in outputs],
            self.initializers)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=11,
            producer_name="assay")
        onnx.checker.check_model(model)
        onnx.save(model, path)
