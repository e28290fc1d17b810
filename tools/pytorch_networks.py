#!/usr/bin/env python3
"""Runs ONNX files with PyTorch's functions, node by node, in single precision, for `ditto-avatar
bench --pytorch`. Knows the operators of Ditto's warp network, decoder and motion network.

    pytorch_networks.py --threads N --folder DIR FILE...

Each input of the first file lies in DIR/NAME.in, raw; the outputs of a file are the inputs of the
next. "ready" and PyTorch's version come first. A line with a number on standard input: all files run
so many times, and "done" comes back. A line with 0: the last outputs are written to DIR/NAME.out.
"""

import argparse
import pathlib
import struct
import sys

import numpy as np
import torch
from torch.nn import functional as F

TYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float64}


def fields(message):
    """(number, value) of each field of a protocol buffer."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(tag & 7) or varint()
        yield tag >> 3, message[at : at + size]
        at += size


def text(value):
    return bytes(value).decode()


def signed(number):
    return number - (1 << 64) if number >> 63 else number


def integers(value):
    """One varint, or several that are packed."""
    if isinstance(value, int):
        return [signed(value)]
    numbers, number, shift = [], 0, 0
    for byte in value:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(signed(number))
            number = shift = 0
    return numbers


def tensor_of(message):
    name, shape, kind, raw = "", [], 0, b""
    for field, value in fields(message):
        if field == 1:
            shape += integers(value)
        elif field == 2:
            kind = value
        elif field == 8:
            name = text(value)
        elif field == 9:
            raw = value
        elif field == 4 and not isinstance(value, int):
            raw = bytes(raw) + bytes(value)
        elif field == 7:
            raw = bytes(raw) + struct.pack(f"<{len(integers(value))}q", *integers(value))
    values = np.frombuffer(bytes(raw), TYPES[kind]).reshape(shape)
    return name, torch.from_numpy(values.copy())


def attribute_of(message):
    name, value, several = "", None, []
    for field, content in fields(message):
        if field == 1:
            name = text(content)
        elif field == 2:
            (value,) = struct.unpack("<f", content)
        elif field == 3:
            value = signed(content)
        elif field == 4:
            value = text(content)
        elif field == 5:
            value = tensor_of(content)[1]
        elif field == 8:
            several += integers(content)
    return name, several if several else value


class Node:
    def __init__(self, message):
        self.inputs, self.outputs, self.attributes, self.op = [], [], {}, ""
        for field, value in fields(message):
            if field == 1:
                self.inputs.append(text(value))
            elif field == 2:
                self.outputs.append(text(value))
            elif field == 4:
                self.op = text(value)
            elif field == 5:
                name, content = attribute_of(value)
                self.attributes[name] = content
        self.run = OPERATORS[self.op]


def port_of(message):
    """Name, type and shape of an input or output."""
    name, kind, shape = "", np.float32, []
    for field, value in fields(message):
        if field == 1:
            name = text(value)
        elif field == 2:
            tensor = dict(fields(dict(fields(value)).get(1, b"")))
            kind = TYPES[tensor.get(1, 1)]
            for number, dimension in fields(tensor.get(2, b"")):
                shape.append(dict(fields(dimension)).get(1, -1))
    return name, kind, shape


class Network:
    def __init__(self, file):
        self.constants, self.nodes, self.inputs, self.outputs = {}, [], [], []
        model = memoryview(pathlib.Path(file).read_bytes())
        graph = next(value for field, value in fields(model) if field == 7)
        for field, value in fields(graph):
            if field == 1:
                self.nodes.append(Node(value))
            elif field == 5:
                name, tensor = tensor_of(value)
                self.constants[name] = tensor
            elif field == 11:
                self.inputs.append(port_of(value))
            elif field == 12:
                self.outputs.append(port_of(value)[0])
        self.inputs = [port for port in self.inputs if port[0] not in self.constants]
        self.compute_constants()
        self.note_last_uses()

    def compute_constants(self):
        """What no input reaches, spectral norm among it, is computed once, as eager modules have it
        after remove_spectral_norm()."""
        left = []
        for node in self.nodes:
            if all(name in self.constants or not name for name in node.inputs):
                self.constants.update(self.results(node, self.constants))
            else:
                left.append(node)
        self.nodes = left

    def note_last_uses(self):
        """Memory of a value is free after the last node that reads it."""
        last = {name: i for i, node in enumerate(self.nodes) for name in node.inputs}
        self.free_after = [[] for _ in self.nodes]
        for name, i in last.items():
            if name not in self.constants and name not in self.outputs:
                self.free_after[i].append(name)

    @staticmethod
    def results(node, values):
        taken = [values[name] if name else None for name in node.inputs]
        made = node.run(node.attributes, *taken)
        return dict(zip(node.outputs, made if isinstance(made, (list, tuple)) else [made]))

    def __call__(self, inputs):
        values = dict(self.constants)
        values.update(zip((port[0] for port in self.inputs), inputs))
        for node, done in zip(self.nodes, self.free_after):
            values.update(self.results(node, values))
            for name in done:
                values.pop(name, None)
        return [values[name] for name in self.outputs]


def same_pads(attributes, axes):
    pads = attributes.get("pads", [0] * 2 * axes)
    if pads[:axes] != pads[axes:]:
        raise ValueError("pads that differ")
    return pads[:axes]


def conv(a, x, w, b=None):
    axes = w.dim() - 2
    run = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[axes]
    return run(x, w, b, a.get("strides", 1), same_pads(a, axes), a.get("dilations", 1), a.get("group", 1))


def batch_norm(a, x, scale, shift, mean, variance):
    return F.batch_norm(x, mean, variance, scale, shift, False, 0, a.get("epsilon", 1e-5))


def layer_norm(a, x, scale, shift=None):
    if a.get("axis", -1) not in (-1, x.dim() - 1):
        raise ValueError("layer norm of several axes")
    return F.layer_norm(x, x.shape[-1:], scale, shift, a.get("epsilon", 1e-5))


def average_pool(a, x):
    run = {2: F.avg_pool2d, 3: F.avg_pool3d}[x.dim() - 2]
    return run(x, a["kernel_shape"], a.get("strides", 1), same_pads(a, x.dim() - 2))


def pad(a, x, pads, value=None, axes=None):
    if a.get("mode", "constant") != "constant" or axes is not None:
        raise ValueError("such pads")
    half = len(pads) // 2
    reversed_pairs = [int(pads[i + side * half]) for i in reversed(range(half)) for side in (0, 1)]
    return F.pad(x, reversed_pairs, value=0.0 if value is None else float(value))


def reshape(a, x, shape):
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape.tolist())])


def resize(a, x, region=None, scales=None, sizes=None):
    if a.get("mode") != "nearest" or scales is None:
        raise ValueError("another kind of resize")
    return F.interpolate(x, scale_factor=scales.tolist()[2:], mode="nearest")


def split(a, x, sizes=None):
    axis = a.get("axis", 0)
    if sizes is not None:
        return x.split(sizes.tolist(), axis)
    return x.chunk(a["num_outputs"], axis)


def grid_sample(a, x, grid):
    mode = {"linear": "bilinear"}.get(a.get("mode", "linear"), a.get("mode"))
    return F.grid_sample(x, grid, mode, a.get("padding_mode", "zeros"), bool(a.get("align_corners", 0)))


def depth_to_space(a, x):
    if a.get("mode") != "CRD":
        raise ValueError("another order of depth")
    return F.pixel_shuffle(x, a["blocksize"])


def reduced(run):
    def over(a, x, axes=None):
        axes = a.get("axes") if axes is None else axes.tolist()
        return run(x, list(range(x.dim())) if axes is None else axes, bool(a.get("keepdims", 1)))

    return over


def gather(a, x, index):
    axis = a.get("axis", 0) % x.dim()
    rows = x.index_select(axis, index.reshape(-1).long())
    return rows.reshape(x.shape[:axis] + index.shape + x.shape[axis + 1 :])


OPERATORS = {
    "Abs": lambda a, x: x.abs(),
    "Add": lambda a, x, y: x + y,
    "AveragePool": average_pool,
    "BatchNormalization": batch_norm,
    "Cast": lambda a, x: x.to(torch.from_numpy(np.zeros(0, TYPES[a["to"]])).dtype),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]),
    "Constant": lambda a: a["value"],
    "Conv": conv,
    "Cos": lambda a, x: x.cos(),
    "DepthToSpace": depth_to_space,
    "Div": lambda a, x, y: x / y,
    "Exp": lambda a, x: x.exp(),
    "Expand": lambda a, x, shape: x.expand(torch.broadcast_shapes(x.shape, tuple(shape.tolist()))),
    "Gather": gather,
    "Gelu": lambda a, x: F.gelu(x, approximate=a.get("approximate", "none")),
    "GridSample": grid_sample,
    "Identity": lambda a, x: x,
    "InstanceNormalization": lambda a, x, scale, shift: F.instance_norm(
        x, weight=scale, bias=shift, eps=a.get("epsilon", 1e-5)
    ),
    "LayerNormalization": layer_norm,
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "MatMul": lambda a, x, y: x @ y,
    "Mul": lambda a, x, y: x * y,
    "Pad": pad,
    "ReduceMax": reduced(torch.amax),
    "ReduceMean": reduced(torch.mean),
    "Relu": lambda a, x: x.relu(),
    "Reshape": reshape,
    "Resize": resize,
    "Sigmoid": lambda a, x: x.sigmoid(),
    "Sin": lambda a, x: x.sin(),
    "Softmax": lambda a, x: x.softmax(a.get("axis", -1)),
    "Softplus": lambda a, x: F.softplus(x),
    "Split": split,
    "Sub": lambda a, x, y: x - y,
    "Tanh": lambda a, x: x.tanh(),
    "Transpose": lambda a, x: x.permute(a["perm"]),
}


def read_input(folder, name, kind, shape):
    return torch.from_numpy(np.fromfile(folder / f"{name}.in", kind).reshape(shape))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with torch.inference_mode():
        networks = [Network(file) for file in arguments.files]
        inputs = [read_input(arguments.folder, *port) for port in networks[0].inputs]
        print("ready", torch.__version__, flush=True)
        for line in sys.stdin:
            for _ in range(int(line)):
                values = inputs
                for network in networks:
                    values = network(values)
            if int(line) == 0:
                for name, value in zip(networks[-1].outputs, values):
                    value.contiguous().numpy().tofile(arguments.folder / f"{name}.out")
            print("done", flush=True)


if __name__ == "__main__":
    main()
