"""The network: [B, T, 48] log-mel at 100 Hz and the state of a GRU in, curves
at 50 Hz and the next state out. All convolutions are 'valid': the caller brings
the context, so a long clip and a stream of short blocks give the same numbers.
"""
import torch
from torch import nn

CURVES = 10
CONTEXT = 14  # mel frames needed on each side of an output pair
MEL_MEAN, MEL_SCALE = -6.0, 0.25


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

    def __init__(self, width=96, hidden=96, groups=40):
        super().__init__()
        self.front = nn.Conv1d(48, width, 6, stride=2)  # 2 mel frames each side
        self.norm = nn.BatchNorm1d(width)
        self.blocks = nn.ModuleList([Block(width, d) for d in (1, 2, 3)])  # 6 frames
        self.gru = nn.GRU(width, hidden, batch_first=True)
        self.head = nn.Sequential(nn.Linear(width + hidden, 96), nn.ReLU())
        self.curves = nn.Linear(96, CURVES)
        self.groups = nn.Linear(96, groups)

    def features(self, mel, state):
        x = ((mel - MEL_MEAN) * MEL_SCALE).transpose(1, 2)
        x = torch.relu(self.norm(self.front(x)))
        for block in self.blocks:
            x = block(x)
        x = x.transpose(1, 2)
        y, state = self.gru(x, state)
        return self.head(torch.cat([x, y], 2)), state

    def forward(self, mel, state):
        h, state = self.features(mel, state)
        return torch.sigmoid(self.curves(h)), state
