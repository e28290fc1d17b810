"""NET.pt -> ONNX: export.py NET.pt OUT.onnx.

Inputs log_mel [1, 2 N + 32, 48] and state [1, 1, H]; outputs curves [1, N, 10]
and next_state [1, 1, H].
"""
import sys

import torch

import model
from model import CONTEXT


class _Exported(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, log_mel, state):
        return self.net(log_mel, state)


def main():
    net = model.load(sys.argv[1])
    torch.onnx.export(
        _Exported(net), (torch.zeros(1, 2 * 25 + 2 * CONTEXT, 48), torch.zeros(1, 1, net.gru.hidden_size)),
        sys.argv[2], opset_version=15, do_constant_folding=True,
        input_names=["log_mel", "state"], output_names=["curves", "next_state"],
        dynamic_axes={"log_mel": {1: "mel_frames"}, "curves": {1: "frames"}})


if __name__ == "__main__":
    main()
