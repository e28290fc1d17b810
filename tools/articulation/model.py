"""The network: [B, T, 48] log-mel at 100 Hz and the state of a GRU in, curves
at 50 Hz and the next state out. All convolutions are 'valid' in time: the caller
brings the context, so a long clip and a stream of short blocks give the same
numbers. Stream keeps that context in the state: nothing is computed twice.

The first two layers are convolutions over time and frequency: a pattern of
formants counts wherever a speaker's vocal tract puts it.
"""
import torch
from torch import nn

import features
import targets
from tables import GROUPS

CURVES = 10
CONTEXT = 16  # mel frames needed on each side of an output pair
EDGE = 2  # of them those of the first two layers
MEL_MEAN, MEL_SCALE = -6.0, 0.25
# Added to the logits after training: a missed closure is seen sooner than one too many, and music and voices
# in the background are taken for a voice.
OUTPUT_BIAS = dict(lip_close=0.1, voice=-0.2)


class Block(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        self.dilation = dilation
        self.mix = nn.Conv1d(width, width, 3, dilation=dilation)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x):
        d = self.dilation
        return x[:, :, d:-d] + torch.relu(self.norm(self.mix(x)))


class ArticulationNet(nn.Module):
    """Output frame j of a block needs mel frames 2 j ... 2 j + 2 CONTEXT + 1 of
    it: T = 2 N + 2 CONTEXT mel frames give N output frames."""

    def __init__(self, width=192, hidden=224, groups=40, dropout=0.1):
        super().__init__()
        # 48 bands -> 24 -> 12; in time 3 frames, then 4 in steps of 2: 2 frames on each side
        self.fine = nn.Conv2d(1, 16, (3, 5), stride=(1, 2), padding=(0, 2))
        self.fine_norm = nn.BatchNorm2d(16)
        self.coarse = nn.Conv2d(16, 24, (4, 5), stride=(2, 2), padding=(0, 2))
        self.coarse_norm = nn.BatchNorm2d(24)
        self.front = nn.Conv1d(24 * 12, width, 1)
        self.norm = nn.BatchNorm1d(width)
        self.blocks = nn.ModuleList([Block(width, d) for d in (1, 2, 4)])  # 7 frames of 20 ms
        self.drop = nn.Dropout(dropout)
        self.gru = nn.GRU(width, hidden, batch_first=True)
        self.head = nn.Sequential(nn.Linear(width + hidden, 96), nn.ReLU())
        self.curves = nn.Linear(96, CURVES)
        self.groups = nn.Linear(96, groups)

    def spectral(self, mel):
        """[B, 2 N + 2 EDGE, 48] -> [B, width, N]."""
        x = ((mel - MEL_MEAN) * MEL_SCALE)[:, None]
        x = torch.relu(self.fine_norm(self.fine(x)))
        x = torch.relu(self.coarse_norm(self.coarse(x)))
        x = x.transpose(2, 3).flatten(1, 2)  # [B, 24 * 12, frames]
        return torch.relu(self.norm(self.front(x)))

    def recurrent(self, x, state):
        """[B, width, N] -> [B, N, 96]."""
        x = self.drop(x.transpose(1, 2))
        y, state = self.gru(x, state)
        return self.head(self.drop(torch.cat([x, y], 2))), state

    def features(self, mel, state):
        x = self.spectral(mel)
        for block in self.blocks:
            x = block(x)
        return self.recurrent(x, state)


class Stream(nn.Module):
    """The network as it is shipped: log-mel [B, 2 N + 2 EDGE, 48] and its whole state [1, B, S] in, curves
    [B, N, 10] and the next state out. The state holds the GRU's and, as differences from silence, the last
    frames that entered each block: zeros have heard nothing but silence. Curve j describes the time CONTEXT -
    EDGE frames of log-mel before the middle of its frames 2 j ... 2 j + 2 EDGE + 1."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self._kept = [2 * block.dilation for block in net.blocks]
        self.state_size = net.gru.hidden_size + net.front.out_channels * sum(self._kept)
        with torch.no_grad():
            x = net.spectral(torch.from_numpy(features.quiet(2 * CONTEXT + 2))[None])
            self._silence = []
            for block in net.blocks:
                self._silence.append(x[:, :, :1])
                x = block(x)

    def forward(self, mel, state):
        net = self.net
        width, hidden = net.front.out_channels, net.gru.hidden_size
        before = state[0, :, hidden:].reshape(-1, width, sum(self._kept)).split(self._kept, 2)
        after = []
        x = net.spectral(mel)
        for block, kept, silence, past in zip(net.blocks, self._kept, self._silence, before):
            x = torch.cat([past + silence, x], 2)
            after.append(x[:, :, -kept:] - silence)
            x = block(x)
        h, memory = net.recurrent(x, state[:, :, :hidden])
        after = torch.cat(after, 2).reshape(1, -1, width * sum(self._kept))
        return torch.sigmoid(net.curves(h)), torch.cat([memory, after], 2)


def load(path):
    """NET.pt, as it is used."""
    net = ArticulationNet(groups=len(GROUPS))
    net.load_state_dict(torch.load(path)["net"])
    with torch.no_grad():
        for name, bias in OUTPUT_BIAS.items():
            net.curves.bias[targets.CURVES.index(name)] += bias
    return net.eval()
