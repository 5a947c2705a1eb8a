"""Whisper weights in CTranslate2's model.bin to an encoder and a decoder as int8 ONNX files.

encoder: mel (float32 [n, 80, frames]) -> cross_key, cross_value (float32 [layers, n, t, width]):
  what the decoder's cross attention reads, computed once a clip.
decoder: tokens (int64 [n, l]), self_key, self_value (float32 [layers, n, past, width]),
  cross_key, cross_value -> logits of the last token (float32 [n, vocabulary]) and
  next_self_key, next_self_value with the l new positions appended.
tokens.json: the special tokens, what may never be emitted, and each text token's bytes.

Usage: whisper.py MODEL.bin VOCABULARY.txt CONFIG.json OUT_DIRECTORY
"""

import base64
import json
import os
import struct
import sys

import numpy as np
from graph import Graph, quantize_rows
from onnx import TensorProto

TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
EPSILON = 1e-5


def read_ctranslate2(path):
    """All variables of a model.bin: version, name, revision, then name, shape, type, bytes each."""
    with open(path, "rb") as file:
        data = file.read()
    position = 0

    def number(code):
        nonlocal position
        (value,) = struct.unpack_from("<" + code, data, position)
        position += struct.calcsize(code)
        return value

    def text():
        nonlocal position
        length = number("H")
        value = data[position:position + length].rstrip(b"\0").decode()
        position += length
        return value

    number("I"), text(), number("I")
    variables = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        element = TYPES[number("B")]
        size = number("I")
        variables[name] = np.frombuffer(
            data, element, size // np.dtype(element).itemsize, position).reshape(shape)
        position += size
    return variables


class Whisper(Graph):
    """The layers that encoder and decoder share, by CTranslate2's variable names."""

    def __init__(self, name, variables):
        super().__init__(name)
        self.variables = variables
        self.heads = int(variables["encoder/num_heads"])
        self.width = variables["decoder/embeddings/weight"].shape[1]

    def weight(self, name):
        return self.variables[name].astype(np.float32)

    def project(self, x, prefix):
        bias = self.weight(prefix + "/bias") if prefix + "/bias" in self.variables else None
        return self.linear(x, self.weight(prefix + "/weight"), bias)

    def norm(self, x, prefix):
        return self.layer_norm(
            x, self.weight(prefix + "/gamma"), self.weight(prefix + "/beta"), EPSILON)

    def split_parts(self, x, count):
        return self.node(
            "Split", x, self.integers(*[self.width] * count), outputs=count, axis=-1)

    def feed_forward(self, x, prefix):
        hidden = self.gelu(self.project(self.norm(x, prefix + "/layer_norm"), prefix + "/linear_0"))
        return self.node("Add", x, self.project(hidden, prefix + "/linear_1"))

    def layer_of(self, stacked, layer):
        """[layers, n, t, width] -> [n, t, width]."""
        return self.node("Gather", stacked, self.constant(np.int64(layer)), axis=0)

    def stack(self, tensors, name):
        lifted = [self.node("Unsqueeze", tensor, self.integers(0)) for tensor in tensors]
        self.node("Concat", *lifted, name=name, axis=0)


def layers_of(variables, side):
    names = (name.split("/") for name in variables if name.startswith(side + "/layer_"))
    return 1 + max(int(part[1][6:]) for part in names if part[1][6:].isdigit())


def convert_encoder(variables, path):
    graph = Whisper("whisper_encoder", variables)
    x = "mel"
    for name, stride in (("conv1", 1), ("conv2", 2)):
        x = graph.gelu(graph.node(
            "Conv", x, graph.constant(graph.weight(f"encoder/{name}/weight")),
            graph.constant(graph.weight(f"encoder/{name}/bias")), kernel_shape=[3], pads=[1, 1],
            strides=[stride]))
    x = graph.node("Transpose", x, perm=[0, 2, 1])
    positions = graph.floats(graph.weight("encoder/position_encodings/encodings"))
    x = graph.node(
        "Add", x, graph.slice(positions, graph.integers(0), graph.dimension(x, 1), 0))
    for layer in range(layers_of(variables, "encoder")):
        prefix = f"encoder/layer_{layer}"
        attention = prefix + "/self_attention"
        parts = graph.split_parts(
            graph.project(graph.norm(x, attention + "/layer_norm"), attention + "/linear_0"), 3)
        mixed = graph.attention(*parts, graph.heads)
        x = graph.node("Add", x, graph.project(mixed, attention + "/linear_1"))
        x = graph.feed_forward(x, prefix + "/ffn")
    x = graph.norm(x, "encoder/layer_norm")
    depth = layers_of(variables, "decoder")
    pairs = [
        graph.split_parts(graph.project(x, f"decoder/layer_{layer}/attention/linear_1"), 2)
        for layer in range(depth)]
    graph.stack([key for key, _ in pairs], "cross_key")
    graph.stack([value for _, value in pairs], "cross_value")
    cross = [depth, "n", "t", graph.width]
    graph.save(
        path, [("mel", TensorProto.FLOAT, ["n", 80, "frames"])],
        [(name, TensorProto.FLOAT, cross) for name in ("cross_key", "cross_value")])


def convert_decoder(variables, path):
    graph = Whisper("whisper_decoder", variables)
    depth = layers_of(variables, "decoder")
    vocabulary = variables["decoder/embeddings/weight"].shape[0]
    # One int8 matrix [width, vocabulary] serves both ends: columns are looked up at the input,
    # and the output multiplies by it.
    words, scale = quantize_rows(graph.weight("decoder/embeddings/weight"))
    matrix, scales = graph.constant(words.T), graph.floats(scale)

    past = graph.dimension("self_key", 2)
    end = graph.node("Add", past, graph.dimension("tokens", 1))
    columns = graph.node(
        "Cast", graph.node("Gather", matrix, "tokens", axis=1), to=TensorProto.FLOAT)
    x = graph.node("Transpose", columns, perm=[1, 2, 0])
    token_scale = graph.node(
        "Unsqueeze", graph.node("Gather", scales, "tokens"), graph.integers(2))
    x = graph.node("Mul", x, token_scale)
    positions = graph.floats(graph.weight("decoder/position_encodings/encodings"))
    x = graph.node("Add", x, graph.slice(positions, past, end, 0))

    # A token sees itself and what came before it.
    def counted(start):
        squeezed = [graph.node("Squeeze", value, graph.integers(0)) for value in (start, end)]
        return graph.node("Range", *squeezed, graph.constant(np.int64(1)))

    query_position = graph.node("Unsqueeze", counted(past), graph.integers(1))
    later = graph.node("Greater", counted(graph.integers(0)), query_position)
    mask = graph.node("Where", later, graph.floats(-1e9), graph.floats(0))
    keys, values = [], []
    for layer in range(depth):
        prefix = f"decoder/layer_{layer}"
        attention = prefix + "/self_attention"
        query, key, value = graph.split_parts(
            graph.project(graph.norm(x, attention + "/layer_norm"), attention + "/linear_0"), 3)
        keys.append(graph.node("Concat", graph.layer_of("self_key", layer), key, axis=1))
        values.append(graph.node("Concat", graph.layer_of("self_value", layer), value, axis=1))
        mixed = graph.attention(query, keys[-1], values[-1], graph.heads, mask)
        x = graph.node("Add", x, graph.project(mixed, attention + "/linear_1"))
        attention = prefix + "/attention"
        query = graph.project(graph.norm(x, attention + "/layer_norm"), attention + "/linear_0")
        mixed = graph.attention(
            query, graph.layer_of("cross_key", layer), graph.layer_of("cross_value", layer),
            graph.heads)
        x = graph.node("Add", x, graph.project(mixed, attention + "/linear_2"))
        x = graph.feed_forward(x, prefix + "/ffn")
    last = graph.slice(
        x, graph.integers(-1), graph.integers(np.iinfo(np.int64).max), 1)
    last = graph.node("Squeeze", graph.norm(last, "decoder/layer_norm"), graph.integers(1))
    graph.quantized_linear(last, matrix, scales, name="logits")
    graph.stack(keys, "next_self_key")
    graph.stack(values, "next_self_value")

    def cache(name, length):
        return (name, TensorProto.FLOAT, [depth, "n", length, graph.width])

    graph.save(
        path,
        [("tokens", TensorProto.INT64, ["n", "l"]), cache("self_key", "past"),
         cache("self_value", "past"), cache("cross_key", "t"), cache("cross_value", "t")],
        [("logits", TensorProto.FLOAT, ["n", vocabulary]), cache("next_self_key", "end"),
         cache("next_self_value", "end")])


def byte_alphabet():
    """GPT-2's way of writing any byte as a printable character, as character -> byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {chr(byte): byte for byte in printable}
    alphabet.update({chr(256 + index): byte for index, byte in enumerate(others)})
    return alphabet


def convert_tokens(vocabulary_path, config_path, path):
    with open(vocabulary_path, encoding="utf-8") as file:
        vocabulary = file.read().split("\n")
    with open(config_path, encoding="utf-8") as file:
        config = json.load(file)
    ids = {text: index for index, text in enumerate(vocabulary) if text}
    alphabet = byte_alphabet()
    end_of_text = ids["<|endoftext|>"]
    pieces = []
    for text in vocabulary[:end_of_text]:
        raw = bytes(alphabet[character] for character in text)
        pieces.append(base64.b64encode(raw).decode())
    tokens = {
        "end_of_text": end_of_text,
        "start_of_transcript": ids["<|startoftranscript|>"],
        "no_speech": ids.get("<|nospeech|>", ids.get("<|nocaptions|>")),
        "no_timestamps": ids["<|notimestamps|>"],
        "first_timestamp": ids["<|notimestamps|>"] + 1,
        "suppress": config["suppress_ids"],
        "suppress_first": config["suppress_ids_begin"],
        "pieces": pieces,
    }
    with open(path, "w", encoding="ascii") as file:
        json.dump(tokens, file, separators=(",", ":"))


if __name__ == "__main__":
    model, vocabulary_file, config_file, directory = sys.argv[1:5]
    weights = read_ctranslate2(model)
    convert_encoder(weights, os.path.join(directory, "encoder.onnx"))
    convert_decoder(weights, os.path.join(directory, "decoder.onnx"))
    convert_tokens(vocabulary_file, config_file, os.path.join(directory, "tokens.json"))
