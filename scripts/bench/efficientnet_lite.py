"""EfficientNet-Lite0 as ONNX, from the checkpoint that the engine reads itself: `efficientnet_lite.py CHECKPOINT OUT.onnx`.

The checkpoint has PyTorch's format from before 1.6: pickles and raw storages one after the other. Its tensors have strides
of their own, which count. Only the names such a file needs are unpickled.
"""

import pickle
import struct
import sys
from collections import OrderedDict

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

MAGIC = 0x1950A86A20F9469CFC6C
TYPES = {"FloatStorage": numpy.float32, "LongStorage": numpy.int64}
# Expansion, kernel, stride, channels and repetitions of the blocks.
BLOCKS = [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]
EPSILON = 1e-3  # of the batch normalisations


class Checkpoint(pickle.Unpickler):
    def find_class(self, module, name):
        if name == "_rebuild_tensor_v2":
            return lambda storage, offset, size, stride, *_: (storage, offset, size, stride)
        if name == "OrderedDict":
            return OrderedDict
        if name in TYPES:
            return name
        raise pickle.UnpicklingError(f"a checkpoint has no use for {module}.{name}")

    def persistent_load(self, identity):
        _, kind, key, *_ = identity
        return kind, key


def tensors(path):
    """The tensors of a checkpoint by name."""
    with open(path, "rb") as file:
        if pickle.load(file) != MAGIC:
            raise SystemExit(f"{path} is not a checkpoint of PyTorch before 1.6")
        pickle.load(file), pickle.load(file)  # protocol and machine
        described = Checkpoint(file).load()
        kinds = {key: kind for (kind, key), *_ in described.values()}
        storages = {}
        for key in pickle.load(file):
            (count,) = struct.unpack("<q", file.read(8))
            kind = numpy.dtype(TYPES[kinds[key]])
            storages[key] = numpy.frombuffer(file.read(count * kind.itemsize), kind)
    result = {}
    for name, ((_, key), offset, size, stride) in described.items():
        storage = storages[key]
        steps = [step * storage.itemsize for step in stride]
        result[name] = numpy.ascontiguousarray(numpy.lib.stride_tricks.as_strided(storage[offset:], size, steps))
    return result


class Graph:
    """Nodes one after the other, each reading what the one before wrote unless told otherwise."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants = weights, [], []

    def constant(self, name, value=None):
        value = self.weights[name] if value is None else value
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, operator, *inputs, **attributes):
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def convolution(self, x, name, norm, kernel=1, stride=1, group=1, activate=True):
        edge = kernel // 2
        x = self.add("Conv", x, self.constant(f"{name}.weight"), kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[edge] * 4, group=group)
        parts = [self.constant(f"{norm}.{part}") for part in ("weight", "bias", "running_mean", "running_var")]
        x = self.add("BatchNormalization", x, *parts, epsilon=EPSILON)
        return self.add("Clip", x, "zero", "six") if activate else x


def network(weights):
    graph = Graph(weights)
    graph.constant("zero", numpy.array(0, numpy.float32))
    graph.constant("six", numpy.array(6, numpy.float32))
    x = graph.convolution("picture", "_conv_stem", "_bn0", kernel=3, stride=2)
    index, before = 0, 32
    for expansion, kernel, first_stride, channels, repetitions in BLOCKS:
        for repetition in range(repetitions):
            name, stride, entered = f"_blocks.{index}", first_stride if repetition == 0 else 1, x
            if expansion > 1:
                x = graph.convolution(x, f"{name}._expand_conv", f"{name}._bn0")
            x = graph.convolution(x, f"{name}._depthwise_conv", f"{name}._bn1", kernel, stride, before * expansion)
            x = graph.convolution(x, f"{name}._project_conv", f"{name}._bn2", activate=False)
            if stride == 1 and before == channels:
                x = graph.add("Add", x, entered)
            index, before = index + 1, channels
    x = graph.convolution(x, "_conv_head", "_bn1")
    x = graph.add("Flatten", graph.add("GlobalAveragePool", x))
    x = graph.add("Gemm", x, graph.constant("_fc.weight"), graph.constant("_fc.bias"), transB=1)
    x = graph.add("Softmax", x, axis=1)
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["views", 3, 224, 224])
    answer = helper.make_tensor_value_info(x, TensorProto.FLOAT, ["views", 1000])
    made = helper.make_graph(graph.nodes, "efficientnet-lite0", [picture], [answer], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    onnx.save(network(tensors(sys.argv[1])), sys.argv[2])
