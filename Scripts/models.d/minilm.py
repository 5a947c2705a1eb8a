"""all-MiniLM-L6-v2 and the text gate's adapter (safetensors) to one int8 ONNX file.

Graph: input_ids (int64 [1, s]) -> six BERT layers, whose matrices W are W + 2 B A by
the adapter (LoRA, Hu et al. 2021) -> features (float32 [1, 3 * 384]): the mean over the tokens of the
last layer, the mean of the middle layer and the largest values of the last layer, each of unit
variance -> a head with one hidden layer -> scores (float32 [1, 14]), each from 0 to 1. A text is read
alone, so no token has to be masked.

Usage: minilm.py MODEL.safetensors ADAPTER.safetensors OUT.onnx
"""

import json
import struct
import sys

import numpy as np
from graph import Graph, quantize_rows
from onnx import TensorProto

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
# The product of the two adapter matrices counts this many times; as in Training/text-gate.
SCALE = 2


def read_safetensors(path):
    """The floats of a safetensors file as float32: 8 bytes of length, a JSON header, the data."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        kind = {"F32": np.float32, "F16": np.float16}.get(entry.get("dtype"))
        if kind:
            start, end = entry["data_offsets"]
            values = np.frombuffer(data[start:end], kind).astype(np.float32)
            tensors[name] = values.reshape(entry["shape"])
    return tensors


def merge(weights, adapter):
    """Adds the adapter to the weights. A product at a time: how a library orders the sums of a
    matrix product depends on the processor, and the file should not."""
    for name in [name for name in adapter if name.endswith(".a")]:
        a, b = adapter[name], adapter[name[:-1] + "b"]
        matrix = weights[name[:-1] + "weight"].copy()
        for rank in range(len(a)):
            matrix += np.float32(SCALE) * np.multiply.outer(b[:, rank], a[rank])
        weights[name[:-1] + "weight"] = matrix


def convert(source, adapter, target):
    weights = read_safetensors(source)
    learnt = read_safetensors(adapter)
    merge(weights, learnt)
    graph = Graph("text-gate")

    def norm(x, prefix):
        return graph.row_norm(
            x, ones, zeros, weights[prefix + ".weight"], weights[prefix + ".bias"], EPSILON)

    def linear(x, *prefixes):
        return graph.linear(
            x, np.concatenate([weights[prefix + ".weight"] for prefix in prefixes]),
            np.concatenate([weights[prefix + ".bias"] for prefix in prefixes]))

    words, scale = quantize_rows(weights["embeddings.word_embeddings.weight"])
    length = graph.dimension("input_ids", 1)
    ones, zeros = graph.filled(length, 1), graph.filled(length, 0)
    positions = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0])
    looked_up = graph.node(
        "Cast", graph.node("Gather", graph.constant(words), "input_ids"), to=TensorProto.FLOAT)
    row_scale = graph.node("Gather", graph.floats(scale[:, None]), "input_ids")
    x = graph.node("Mul", looked_up, row_scale)
    x = graph.node(
        "Add", x, graph.slice(graph.floats(positions), graph.integers(0), length, 0))
    x = norm(x, "embeddings.LayerNorm")

    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}."
        attention = prefix + "attention."
        projected = linear(
            x, *(attention + "self." + part for part in ("query", "key", "value")))
        query, key, value = graph.node(
            "Split", projected, graph.integers(WIDTH, WIDTH, WIDTH), outputs=3, axis=-1)
        mixed = graph.attention(query, key, value, HEADS)
        x = norm(
            graph.node("Add", x, linear(mixed, attention + "output.dense")),
            attention + "output.LayerNorm")
        forward = linear(
            graph.gelu(linear(x, prefix + "intermediate.dense")), prefix + "output.dense")
        x = norm(graph.node("Add", x, forward), prefix + "output.LayerNorm")
        if layer == LAYERS // 2 - 1:
            middle = x

    # The mean of the last layer says what a text is about. The largest values keep single words that
    # the mean would drown, and the middle layer's mean stays closer to them.
    def unit(reduction, layer):
        reduced = graph.node(reduction, layer, graph.integers(1), keepdims=0)
        return graph.node("LpNormalization", reduced, axis=1, p=2)

    pooled = graph.node(
        "Concat", unit("ReduceMean", x), unit("ReduceMean", middle), unit("ReduceMax", x), axis=1)
    features = graph.node("Mul", pooled, graph.floats(WIDTH ** 0.5), name="features")

    def dense(x, name):
        product = graph.node("MatMul", x, graph.floats(learnt[name + ".weight"].T))
        return graph.node("Add", product, graph.floats(learnt[name + ".bias"]))

    logits = dense(graph.gelu(dense(features, "head.hidden")), "head.output")
    graph.node("Sigmoid", logits, name="scores")
    graph.save(
        target,
        [("input_ids", TensorProto.INT64, [1, "s"])],
        [("scores", TensorProto.FLOAT, [1, len(learnt["head.output.bias"])]),
         ("features", TensorProto.FLOAT, [1, 3 * WIDTH])])


if __name__ == "__main__":
    convert(*sys.argv[1:4])
