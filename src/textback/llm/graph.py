"""The sentence encoder as an ONNX graph: the matrices in eight bits, and what they are multiplied with as well."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from textback.knowledge.minilm import HEAD, HEADS, LAYERS, WIDTH, Arrays

OPSET, IR = 20, 10
"""The oldest that have all the operators: every onnxruntime since 1.18 runs them."""


def build(arrays: Arrays) -> bytes:
    """A model that turns `ids` (1, pieces) and their `places` (pieces: 0, 1, 2 …) into `vector` (1, width)."""
    graph = _Graph(arrays)
    words = graph.add("Cast", graph.rows("words", "ids"), to=onnx.TensorProto.FLOAT)
    x = graph.add("Mul", words, graph.rows("word_scale", "ids"))
    x = graph.norm(graph.add("Add", x, graph.rows("positions", "places")), "norm")
    for layer in range(LAYERS):
        mixed = graph.linear(_attention(graph, graph.linear(x, f"{layer}.qkv"), layer), f"{layer}.mix")
        x = graph.norm(graph.add("Add", x, mixed), f"{layer}.norm1")
        inner = graph.linear(graph.add("Gelu", graph.linear(x, f"{layer}.up")), f"{layer}.down")
        x = graph.norm(graph.add("Add", x, inner), f"{layer}.norm2")
    mean = graph.add("ReduceMean", x, graph.constant("over", np.array([1])), keepdims=0)
    length = graph.add("ReduceL2", mean, "over", keepdims=1)
    graph.nodes.append(onnx.helper.make_node("Div", [mean, length], ["vector"]))
    return graph.model()


def _attention(graph: "_Graph", qkv: str, layer: int) -> str:
    apart = graph.add("Reshape", qkv, graph.constant(f"{layer}.apart", np.array([0, 0, 3, HEADS, HEAD])))
    apart = graph.add("Transpose", apart, perm=[2, 0, 3, 1, 4])
    parts = [f"{layer}.{part}" for part in ("query", "key", "value")]
    graph.nodes.append(onnx.helper.make_node("Split", [apart], parts, axis=0, num_outputs=3))
    first = graph.constant(f"{layer}.first", np.array([0]))
    query, key, value = (graph.add("Squeeze", part, first) for part in parts)
    scores = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 1, 3, 2]))
    scores = graph.add("Mul", scores, graph.constant(f"{layer}.scale", np.float32(HEAD**-0.5)))
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    mixed = graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
    return graph.add("Reshape", mixed, graph.constant(f"{layer}.together", np.array([0, 0, WIDTH])))


class _Graph:
    """Nodes and constants as they are put together. Every method returns the name of what it adds."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._constants: list[Any] = []
        self.nodes: list[Any] = []

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, name: str, value: NDArray[Any] | np.generic) -> str:
        self._constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(value).reshape(value.shape), name))
        return name

    def rows(self, name: str, which: str) -> str:
        return self.add("Gather", self.constant(name, self._arrays[name]), which)

    def norm(self, x: str, name: str) -> str:
        weight = self.constant(f"{name}.weight", self._arrays[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", self._arrays[f"{name}.bias"])
        return self.add("LayerNormalization", x, weight, bias, axis=-1, epsilon=1e-12)

    def linear(self, x: str, name: str) -> str:
        """x times a matrix in eight bits, each column with a scale of its own, plus the bias."""
        weights = self._arrays[f"{name}.weight"]
        scale = np.maximum(np.abs(weights).max(axis=0) / np.float32(127), np.float32(1e-12))
        matrix = self.constant(f"{name}.matrix", np.rint(weights / scale).astype(np.int8))
        zeros = self.constant(f"{name}.zeros", np.zeros(len(scale), np.int8))
        parts = [f"{name}.x", f"{name}.x_scale", f"{name}.x_zero"]
        self.nodes.append(onnx.helper.make_node("DynamicQuantizeLinear", [x], parts))
        product = self.add("MatMulInteger", parts[0], matrix, parts[2], zeros)
        product = self.add("Cast", product, to=onnx.TensorProto.FLOAT)
        both = self.add("Mul", parts[1], self.constant(f"{name}.scale", scale))
        bias = self.constant(f"{name}.bias", self._arrays[f"{name}.bias"])
        return self.add("Add", self.add("Mul", product, both), bias)

    def model(self) -> bytes:
        value = onnx.helper.make_tensor_value_info
        inputs = [
            value("ids", onnx.TensorProto.INT64, [1, "pieces"]),
            value("places", onnx.TensorProto.INT64, ["pieces"]),
        ]
        outputs = [value("vector", onnx.TensorProto.FLOAT, [1, WIDTH])]
        graph = onnx.helper.make_graph(self.nodes, "encoder", inputs, outputs, self._constants)
        opset = onnx.helper.make_opsetid("", OPSET)
        made: bytes = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=IR).SerializeToString()
        return made
