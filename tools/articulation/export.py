"""NET.pt -> ONNX: export.py NET.pt OUT.onnx.

Inputs log_mel [B, 2 N + 4, 48] and past [1, B, S]; outputs curves [B, N, 10] and next_past [1, B, S]:
model.Stream.
"""
import sys

import torch

import model


def main():
    net = model.Stream(model.load(sys.argv[1]))
    torch.onnx.export(
        net, (torch.zeros(2, 2 * 25 + 2 * model.EDGE, 48), torch.zeros(1, 2, net.state_size)),
        sys.argv[2], opset_version=15, do_constant_folding=True,
        input_names=["log_mel", "past"], output_names=["curves", "next_past"],
        dynamic_axes={"log_mel": {0: "ears", 1: "mel_frames"}, "past": {1: "ears"},
                      "curves": {0: "ears", 1: "frames"}, "next_past": {1: "ears"}})


if __name__ == "__main__":
    main()
