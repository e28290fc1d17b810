#!/usr/bin/env python3
"""Numbers that Ditto's own PyTorch modules compute from the weights of our ONNX graphs.

Makes tests/data/checkpoints/network_parity.json, with which the parity test compares what ONNX
Runtime makes of the same graphs. Needs PyTorch, onnx and a checkout of antgroup/ditto-talkinghead:

    scripts/build.sh release 2 write_parity_graphs
    build/release/write_parity_graphs DIR
    tools/reference_numbers.py --reference ditto-talkinghead --graphs DIR --to FILE
"""
import argparse
import importlib
import json
import math
import pathlib
import sys
import types

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch import nn

SAMPLES = 200


def stand_in_for_einops():
    """The modules need einops for three rearrangements only."""
    try:
        importlib.import_module("einops")
        return
    except ImportError:
        pass

    def rearrange(x, pattern, **sizes):
        if pattern == "... (d r) -> ... d r":
            return x.reshape(*x.shape[:-1], -1, sizes["r"])
        if pattern == "... d r -> ... (d r)":
            return x.reshape(*x.shape[:-2], -1)
        if pattern in ("b c -> b 1 c", "b -> b 1", "b -> b 1 1"):
            return x.reshape(x.shape[0], *([1] * pattern.split("->")[1].count("1")), *x.shape[1:])
        if pattern == "b (r d) -> b r d":
            return x.reshape(x.shape[0], sizes["r"], -1)
        raise ValueError(pattern)

    def repeat(x, pattern, **sizes):
        assert pattern == "... n -> ... (n r)"
        return x.repeat_interleave(sizes["r"], dim=-1)

    class Rearrange(nn.Module):
        def __init__(self, pattern, **sizes):
            super().__init__()
            self.pattern, self.sizes = pattern, sizes

        def forward(self, x):
            return rearrange(x, self.pattern, **self.sizes)

    einops = types.ModuleType("einops")
    einops.rearrange, einops.repeat = rearrange, repeat
    layers = types.ModuleType("einops.layers")
    layers_torch = types.ModuleType("einops.layers.torch")
    layers_torch.Rearrange = Rearrange
    sys.modules.update({"einops": einops, "einops.layers": layers,
                        "einops.layers.torch": layers_torch})


def wave(shape, centre=0.0, spread=1.0, phase=0.0):
    i = np.arange(math.prod(shape), dtype=np.float64)
    values = centre + spread * np.sin(1 + 0.618034 * i + phase)
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def state_dict(graph):
    model = onnx.load(str(graph))
    return {t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy())
            for t in model.graph.initializer
            if not t.name.startswith(("constant_", "ints_"))}


def load(module, state):
    """Strict, but for values that the module computes by itself."""
    missing, unexpected = module.load_state_dict(state, strict=False)
    derived = ("num_batches_tracked", "rotary.freqs")
    left = [name for name in missing if not name.endswith(derived)]
    assert not left and not unexpected, (left, unexpected)
    return module.eval()


def layers(state, prefix, suffix):
    count = 0
    while f"{prefix}{count}{suffix}" in state:
        count += 1
    return count


def appearance_extractor(modules, s):
    width = s["first.conv.weight"].shape[0]
    return modules["appearance_feature_extractor"].AppearanceFeatureExtractor(
        block_expansion=width, num_down_blocks=layers(s, "down_blocks.", ".conv.weight"),
        num_resblocks=layers(s, "resblocks_3d.3dr", ".conv1.weight"))


def motion_extractor(modules, s):
    stages = [f"detector.stages.{i}." for i in range(4)]
    network = modules["motion_extractor"].MotionExtractor()
    network.detector = modules["convnextv2"].ConvNeXtV2(
        depths=[layers(s, stage, ".dwconv.weight") for stage in stages],
        dims=[s[stage + "0.dwconv.weight"].shape[0] for stage in stages], num_kp=21)
    return network


def stitch_network(modules, s):
    sizes = [s[f"mlp.{2 * i}.weight"].shape[0] for i in range(len(s) // 2)]
    return modules["stitching_network"].StitchingNetwork(hidden_sizes=sizes[:-1])


def conv_like(kind, weight):
    return kind(weight.shape[1], weight.shape[0], tuple(weight.shape[2:]),
                padding=tuple(k // 2 for k in weight.shape[2:]))


def warp_network(modules, s):
    """The module fixes its hourglass; smaller ones are put in layer by layer."""
    network = modules["warping_network"].WarpingNetwork()
    util = modules["util"]
    dense = network.dense_motion_network
    for name, module in list(network.named_modules()):
        if isinstance(module, (nn.Conv2d, nn.Conv3d)) and name + ".weight" in s:
            owner = network.get_submodule(name.rpartition(".")[0])
            setattr(owner, name.rpartition(".")[2], conv_like(type(module), s[name + ".weight"]))
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)) and name + ".weight" in s:
            owner = network.get_submodule(name.rpartition(".")[0])
            setattr(owner, name.rpartition(".")[2], type(module)(len(s[name + ".weight"])))
    hourglass = "dense_motion_network.hourglass."
    blocks = layers(s, hourglass + "encoder.down_blocks.", ".conv.weight")
    dense.hourglass.encoder.down_blocks = dense.hourglass.encoder.down_blocks[:blocks]
    dense.hourglass.decoder.up_blocks = dense.hourglass.decoder.up_blocks[:blocks]
    assert isinstance(dense.hourglass, util.Hourglass)
    return network


def decoder(modules, s):
    util = modules["util"]
    network = modules["spade_generator"].SPADEDecoder()
    network.fc = conv_like(nn.Conv2d, s["fc.weight"])
    network.conv_img[0] = conv_like(nn.Conv2d, s["conv_img.0.weight"])
    blocks = [f"G_middle_{i}" for i in range(6)] + ["up_0", "up_1"]
    for block in blocks:
        out, middle = s[block + ".conv_1.weight_orig"].shape[:2]
        made = util.SPADEResnetBlock(s[block + ".conv_0.weight_orig"].shape[1], out,
                                     "spadespectralinstance", 256)
        for norm in ("norm_0", "norm_1", "norm_s"):
            if not hasattr(made, norm):
                continue
            spade = getattr(made, norm)
            spade.mlp_shared[0] = conv_like(nn.Conv2d, s[f"{block}.{norm}.mlp_shared.0.weight"])
            spade.mlp_gamma = conv_like(nn.Conv2d, s[f"{block}.{norm}.mlp_gamma.weight"])
            spade.mlp_beta = conv_like(nn.Conv2d, s[f"{block}.{norm}.mlp_beta.weight"])
        setattr(network, block, made)
    return network


def lmdm(modules, s):
    network = modules["LMDM"].LMDM(audio_feat_dim=s["cond_projection.weight"].shape[1],
                                   device="cpu")
    network.model = modules["lmdm_modules.model"].MotionDecoder(
        nfeats=265, seq_len=80, latent_dim=s["input_projection.weight"].shape[0],
        ff_size=s["cond_encoder.0.linear1.weight"].shape[0],
        num_layers=layers(s, "seqTransDecoder.stack.", ".norm1.weight"), num_heads=8,
        cond_feature_dim=s["cond_projection.weight"].shape[1])
    return network


KEYPOINTS = {"kp_source": dict(shape=(1, 21, 3), spread=0.7),
             "kp_driving": dict(shape=(1, 21, 3), spread=0.7, phase=0.1)}
IMAGE = {"image": dict(shape=(1, 3, 256, 256), centre=0.5, spread=0.5)}
CASES = {
    "appearance_extractor": (appearance_extractor, IMAGE, ["pred"]),
    "motion_extractor": (motion_extractor, IMAGE,
                         ["pitch", "yaw", "roll", "t", "exp", "scale", "kp"]),
    "stitch_network": (stitch_network, KEYPOINTS, ["out"]),
    "warp_network": (warp_network, {"feature_3d": dict(shape=(1, 32, 16, 64, 64)), **KEYPOINTS},
                     ["out"]),
    "decoder": (decoder, {"feature": dict(shape=(1, 256, 64, 64))}, ["output"]),
    "lmdm": (lmdm, {"x": dict(shape=(1, 80, 265)), "cond_frame": dict(shape=(1, 265), spread=0.2),
                    "cond": dict(shape=(1, 80, 1103))}, ["pred_noise", "x_start"]),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--reference", type=pathlib.Path, required=True)
    arguments.add_argument("--graphs", type=pathlib.Path, required=True)
    arguments.add_argument("--to", type=pathlib.Path, required=True)
    options = arguments.parse_args()

    stand_in_for_einops()
    sys.path.insert(0, str(options.reference))
    names = ["appearance_feature_extractor", "motion_extractor", "convnextv2", "stitching_network",
             "warping_network", "spade_generator", "util", "LMDM", "lmdm_modules.model"]
    modules = {name: importlib.import_module("core.models.modules." + name) for name in names}

    numbers = {}
    for name, (make, inputs, outputs) in CASES.items():
        state = state_dict(options.graphs / f"{name}.onnx")
        network = make(modules, state)
        load(network.model if name == "lmdm" else network, state)
        network.eval()
        values = {key: wave(**value) for key, value in inputs.items()}
        if name == "lmdm":
            values["time_cond"] = torch.tensor([321])
        with torch.no_grad():
            results = network(**{"source_image" if name == "appearance_extractor" else
                                 "x" if name == "motion_extractor" else key: value
                                 for key, value in values.items()})
        if not isinstance(results, tuple):
            results = (results,)
        numbers[name] = {}
        for output, result in zip(outputs, results):
            flat = result.flatten().double().numpy()
            step = max(1, len(flat) // SAMPLES)
            numbers[name][output] = {
                "rms": float(np.sqrt(np.mean(flat ** 2))), "step": step,
                "values": [float(f"{v:.8g}") for v in flat[::step]]}
        print(name, {key: round(value["rms"], 4) for key, value in numbers[name].items()})
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(numbers) + "\n")


if __name__ == "__main__":
    main()
