"""Trains the network: train.py TRAIN.npz OUT.pt [--minutes 30] [--seed 1].

The corpus holds log-mels; noise, equalisation, gain and small vocal-tract
shifts are drawn anew for every batch, in the mel domain.
"""
import argparse
import math
import time

import numpy as np
import torch
from torch import nn

import features
from model import CONTEXT, ArticulationNet
from tables import GROUPS
from targets import CURVES

CHUNK = 200  # frames of 20 ms in a training example
BATCH = 32
# weight of each curve's loss: closures are rare and matter most
WEIGHTS = dict(jaw=1.5, lip_close=3.0, round=1.0, spread=0.8, upper_lip_raise=0.5,
               lower_lip_drop=0.5, labiodental=1.2, tongue=0.5, teeth=0.5, voice=0.5)
# Added to the logits afterwards. Lips on teeth are rare: where the network is in doubt it says no, and
# 0.4 becomes 0.5.
CONTACT_BIAS = dict(labiodental=0.4)
_CLOSE = CURVES.index("lip_close")
_ALIKE = torch.tensor([GROUPS.index(g) for g in ("p", "b", "m", "n", "ŋ")])


class Noises:
    """Log-mel strips of noise at a mean power of 1."""

    def __init__(self, mel, offsets, rng):
        seconds = 40
        n = seconds * features.RATE_HZ
        strips = []
        for slope in (0.0, 0.5, 1.0):  # white, half pink, pink (amplitude 1/f^slope)
            spectrum = np.fft.rfft(rng.standard_normal(n))
            hz = np.maximum(np.fft.rfftfreq(n, 1 / features.RATE_HZ), 40)
            strips.append(np.fft.irfft(spectrum / hz ** slope).astype(np.float32))
        t = np.arange(n) / features.RATE_HZ
        for _ in range(3):  # something like music: chords of decaying harmonics
            x = np.zeros(n, np.float32)
            for start in np.arange(0, seconds, rng.uniform(0.2, 0.5)):
                a = int(start * features.RATE_HZ)
                for _ in range(3):
                    f0 = 110 * 2 ** (rng.integers(0, 30) / 12)
                    u = t[:min(n - a, features.RATE_HZ)]
                    tone = sum(np.sin(2 * np.pi * f0 * k * u) / k for k in range(1, 7))
                    x[a:a + len(u)] += (tone * np.exp(-4 * u)).astype(np.float32)
            strips.append(x)
        powers = [features.mel_power(s * (0.05 / np.std(s))) for s in strips]
        for voices in (4, 6, 8):  # babble: other clips of the corpus on top of each other
            total = np.zeros((4000, 48), np.float32)
            for _ in range(voices):
                a = rng.integers(0, len(mel) - 4000)
                total += np.exp(mel[a:a + 4000].astype(np.float32))
            powers.append(total)
        self._strips = [p[:4000] / p[:4000].mean() for p in powers]

    def draw(self, frames, rng):
        strip = self._strips[rng.integers(len(self._strips))]
        a = rng.integers(0, len(strip) - frames)
        return strip[a:a + frames]


def augment(log_mel, noises, rng):
    """[frames, 48] -> the same, as another microphone in another room hears it."""
    x = log_mel
    if rng.random() < 0.7:  # vocal tract: bands move by up to 11 %
        at = np.clip(np.arange(48) * rng.uniform(0.89, 1.11), 0, 47)
        low = np.minimum(at.astype(int), 46)
        part = (at - low).astype(np.float32)
        x = x[:, low] * (1 - part) + x[:, low + 1] * part
    if rng.random() < 0.7:  # equalisation: a smooth random curve
        knots = rng.normal(0, 0.7, 5)
        x = x + np.interp(np.arange(48), np.linspace(0, 47, 5), knots).astype(np.float32)
    power = np.exp(x)
    speech = np.percentile(power.mean(1), 80) + 1e-12
    kind = rng.random()
    if kind < 0.45:
        snr_db = rng.uniform(30, 60)
    elif kind < 0.9:
        snr_db = rng.uniform(3, 30)
    else:
        snr_db = 90
    power = power + noises.draw(len(power), rng) * speech * 10 ** (-snr_db / 10)
    gain = 10 ** (rng.uniform(-22, 12) / 10)
    return np.log(power * gain + features.FLOOR)


class Batches:
    """Chunks with context; silence beyond the ends of a clip."""

    def __init__(self, data, seed):
        self.mel, self.curves = data["mel"], data["curves"]
        self.classes = data["classes"]
        self.offsets, self.source = data["offsets"], data["source"]
        self.rng = np.random.default_rng(seed)
        self.noises = Noises(self.mel, self.offsets, self.rng)
        self._names = [str(n) for n in data["names"]]
        natural = np.array([not n.startswith("espeak") for n in self._names])[self.source]
        length = np.diff(self.offsets).astype(float)
        # two thirds natural timbre, one third espeak's languages
        weight = np.where(natural, 0.66 / max(1, (length * natural).sum()),
                          0.34 / max(1, (length * ~natural).sum())) * length
        # no voice may drown the others
        total = np.bincount(self.source, weight, len(self._names))
        weight /= np.sqrt(np.maximum(total, 1e-9))[self.source]
        self._cumulative = np.cumsum(weight / weight.sum())

    def _clip(self):
        return int(min(np.searchsorted(self._cumulative, self.rng.random()),
                       len(self.source) - 1))

    def _example(self):
        """Clips one after the other until the chunk is full."""
        mel, curves, classes, have = [], [], [], 0
        skip = None
        while have < CHUNK + CONTEXT:
            i = self._clip()
            a, b = self.offsets[i], self.offsets[i + 1]
            if skip is None:
                skip = int(self.rng.integers(0, max(1, (b - a) // 2)))
                a += skip
            mel.append(self.mel[2 * a:2 * b].astype(np.float32))
            curves.append(self.curves[a:b])
            classes.append(self.classes[a:b])
            have += b - a
        need = CHUNK + CONTEXT
        x = augment(np.concatenate(mel)[:2 * need], self.noises, self.rng)
        half = CONTEXT // 2
        return (x, np.concatenate(curves)[half:half + CHUNK],
                np.concatenate(classes)[half:half + CHUNK])

    def draw(self):
        made = [self._example() for _ in range(BATCH)]
        return (torch.from_numpy(np.stack([m[0] for m in made]).astype(np.float32)),
                torch.from_numpy(np.stack([m[1] for m in made]).astype(np.float32) / 255),
                torch.from_numpy(np.stack([m[2] for m in made]).astype(np.int64)))


def loss_of(net, mel, wanted, classes, weights):
    h, _ = net.features(mel, torch.zeros(1, len(mel), net.gru.hidden_size))
    logits = net.curves(h)
    bce = nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    floor = nn.functional.binary_cross_entropy(wanted, wanted, reduction="none")
    mse = (torch.sigmoid(logits) - wanted) ** 2
    # the first half second has no past: the state is still settling
    each = (bce - floor + 4 * mse) * weights
    # [n] taken for [m] is the commonest false closure: such frames count more.
    hard = 1 + 2 * torch.isin(classes, _ALIKE).float()
    each = torch.cat([each[..., :_CLOSE], (each[..., _CLOSE] * hard)[..., None],
                      each[..., _CLOSE + 1:]], 2)
    curves = each[:, 15:].mean()
    groups = nn.functional.cross_entropy(net.groups(h).transpose(1, 2), classes, reduction="none")
    groups = (groups * hard)[:, 15:].mean()
    return curves + 0.1 * groups, curves, groups


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("output")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--steps", type=int, default=0, help="instead of --minutes")
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--hidden", type=int, default=96)
    parser.add_argument("--start", help="a NET.pt to go on from")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    data = dict(np.load(args.data, allow_pickle=True))
    batches = Batches(data, args.seed)
    net = ArticulationNet(args.width, args.hidden, len(GROUPS))
    if args.start:
        net.load_state_dict(torch.load(args.start)["net"])
    print(sum(p.numel() for p in net.parameters()), "parameters", flush=True)
    weights = torch.tensor([WEIGHTS[c] for c in CURVES])
    optimiser = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=1e-2)
    started, step, sums = time.time(), 0, np.zeros(3)
    while True:
        done = step / args.steps if args.steps else (time.time() - started) / (60 * args.minutes)
        if done >= 1:
            break
        rate = args.rate * min(1, step / 200) * 0.5 * (1 + math.cos(math.pi * done)) + 1e-5
        for group in optimiser.param_groups:
            group["lr"] = rate
        net.train()
        losses = loss_of(net, *batches.draw(), weights)
        optimiser.zero_grad()
        losses[0].backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        sums += [float(v.detach()) for v in losses]
        step += 1
        if step % 100 == 0:
            print("%6d  %5.1f min  loss %.4f curves %.4f groups %.3f" %
                  (step, (time.time() - started) / 60, *(sums / 100)), flush=True)
            sums[:] = 0
        if step % 1000 == 0:
            torch.save(dict(net=net.state_dict(), width=args.width, hidden=args.hidden),
                       args.output)
    with torch.no_grad():
        for name, bias in CONTACT_BIAS.items():
            net.curves.bias[CURVES.index(name)] += bias
    torch.save(dict(net=net.state_dict(), width=args.width, hidden=args.hidden), args.output)
    print(step, "steps")


if __name__ == "__main__":
    main()
