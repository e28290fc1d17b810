"""Trains the network: train.py OUT.pt TRAIN.npz ... [--steps 16000] [--seed 1].

The corpus holds log-mels; other voices, noise, equalisation, gain, pauses and
small vocal-tract shifts are drawn anew for every batch, in the mel domain.
"""
import argparse
import copy
import math
import time

import numpy as np
import torch
from torch import nn

import features
from dsp import rows_at
from model import CONTEXT, ArticulationNet
from tables import GROUPS, PAUSE, SEGMENTS
from targets import CURVES

CHUNK = 300  # frames of 20 ms in a training example
BATCH = 24
UNSETTLED = 20  # first frames of an example that count nothing: the state has no past yet
# weight of each curve's loss: closures are rare and matter most
WEIGHTS = dict(jaw=2.2, lip_close=3.0, round=2.2, spread=0.8, upper_lip_raise=0.4,
               lower_lip_drop=0.4, labiodental=1.5, tongue=0.5, teeth=0.5, voice=2.5)
# of the speech: people, espeak-ng's languages, synthesisers of natural timbre
_SHARES = {"people": 0.45, "espeak": 0.35, "": 0.2}
_CLOSE = CURVES.index("lip_close")
_LABIODENTAL = CURVES.index("labiodental")
# Frames of these sounds count more: they are taken for each other.
_ALIKE = {_CLOSE: ("p", "b", "m", "n", "ŋ", "v", "β"),
          _LABIODENTAL: ("f", "v", "θ", "h", "ð", "w"),
          CURVES.index("round"): ("y", "ø", "u", "ʊ", "o", "ɔ", "l", "w", "ɹ", "ɯ")}
_ALIKE = {c: torch.tensor([GROUPS.index(g) for g in names if g in GROUPS])
          for c, names in _ALIKE.items()}
_REST = np.zeros(len(CURVES), np.uint8)
_REST[_CLOSE] = 255
_DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _bfloat16():
    """Half as long where the device multiplies in it."""
    if _DEVICE.type == "cuda":
        return torch.cuda.is_bf16_supported()
    with open("/proc/cpuinfo", encoding="ascii", errors="ignore") as f:
        return "avx512_bf16" in f.read()


_BFLOAT16 = _bfloat16()
_PAUSE_CLASS = GROUPS.index(SEGMENTS[PAUSE].group)


class Noises:
    """Mel power strips of noise and music at a mean of 1."""

    def __init__(self, rng):
        seconds = 40
        n = seconds * features.RATE_HZ
        strips = []
        for slope in (0.0, 0.25, 0.5, 0.5, 0.75, 1.0):  # white to brown (amplitude 1/f^slope)
            spectrum = np.fft.rfft(rng.standard_normal(n))
            hz = np.maximum(np.fft.rfftfreq(n, 1 / features.RATE_HZ), 40)
            strips.append(np.fft.irfft(spectrum / hz ** slope).astype(np.float32))
        t = np.arange(n) / features.RATE_HZ
        for _ in range(4):  # something like music: chords of decaying harmonics
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
        self._strips = [p[:4000] / p[:4000].mean() for p in powers]

    def white(self, frames, rng):
        a = rng.integers(0, len(self._strips[0]) - frames)
        return self._strips[0][a:a + frames]

    def draw(self, frames, rng):
        strip = self._strips[rng.integers(len(self._strips))]
        a = rng.integers(0, len(strip) - frames)
        x = strip[a:a + frames]
        if rng.random() < 0.3:  # it swells and fades
            t = np.arange(frames) / 100
            x = x * np.exp(rng.uniform(0.3, 1.2) *
                           np.sin(2 * np.pi * rng.uniform(0.1, 1.5) * t + rng.uniform(0, 6.3)))[:, None]
        return x / x.mean()


def _tract(x, rng):
    """Bands move by up to 13 %, the lower and upper half by up to 4 % more or less: a vocal tract of
    another length and shape."""
    bend = np.interp(np.arange(48), (0, 16, 32, 47), 1 + rng.uniform(-0.04, 0.04, 4))
    return features.moved_bands(x, rng.uniform(0.87, 1.13) * bend)


def _tempo(mel, curves, classes, rng):
    """The same said slower or faster, by up to a quarter."""
    frames = len(classes)
    said = max(8, int(frames * rng.uniform(0.8, 1.25)))
    at = (np.arange(said) + 0.5) * frames / said - 0.5
    at_mel = (np.arange(2 * said) + 0.5) * frames / said - 0.5
    return (rows_at(mel, at_mel), np.clip(rows_at(curves.astype(np.float32), at), 0, 255),
            classes[np.clip(np.rint(at), 0, frames - 1).astype(int)])


def _echo(power, rng):
    """A room: what was heard fades by 60 dB within 0.15 to 0.7 s and lies under the voice."""
    keep = 10 ** (-6 / (100 * rng.uniform(0.15, 0.7)))
    tail = np.zeros_like(power)
    for t in range(1, len(power)):
        tail[t] = keep * tail[t - 1] + (1 - keep) * power[t - 1]
    return power + np.float32(rng.uniform(0.05, 0.5)) * tail


class Batches:
    """Chunks with context."""

    def __init__(self, data, seed):
        self.mel, self.curves = data["mel"], data["curves"]
        self.classes = data["classes"]
        self.offsets, self.source = data["offsets"], data["source"]
        self.rng = np.random.default_rng(seed)
        self.noises = Noises(self.rng)
        length = np.diff(self.offsets).astype(float)
        of_source = np.bincount(self.source, length)
        share = np.sqrt(of_source)  # no voice may drown the others of its kind
        kinds = np.array([next(k for k in _SHARES if str(n).startswith(k)) for n in data["names"]])
        for kind, wanted in _SHARES.items():
            share[kinds == kind] *= wanted / max(1e-9, share[kinds == kind].sum())
        weight = length * (share / of_source)[self.source]
        self._cumulative = np.cumsum(weight / weight.sum())

    def _clip(self):
        return int(min(np.searchsorted(self._cumulative, self.rng.random()),
                       len(self.source) - 1))

    def _babble(self, frames):
        """Other people at a mean power of 1: one, or several on top of each other."""
        rng = self.rng
        total = np.zeros((frames, 48), np.float32)
        for _ in range(rng.choice((1, 2, 4, 6, 8), p=(0.1, 0.1, 0.3, 0.3, 0.2))):
            a = rng.integers(0, len(self.mel) - frames)
            total += np.exp(self.mel[a:a + frames].astype(np.float32) + rng.normal(0, 0.5))
        return total / total.mean()

    def _breathe(self, power, pausing, speech):
        """Breath in some of the long pauses, a little away from their ends."""
        rng = self.rng
        edges = np.flatnonzero(np.diff(np.concatenate([[0], pausing.astype(int), [0]])))
        for a, b in edges.reshape(-1, 2):
            if b - a < 30 or rng.random() > 0.35:
                continue
            a, b = a + 6, b - 8
            shape = np.exp(-0.5 * ((np.arange(48) - rng.uniform(14, 38)) / rng.uniform(6, 14)) ** 2)
            breath = self.noises.white(b - a, rng) * shape * np.hanning(b - a)[:, None]
            power[a:b] += (breath / breath.mean() * speech *
                           10 ** (-rng.uniform(8, 32) / 10)).astype(np.float32)

    def _microphone(self):
        """What a microphone, its distance and a codec do to each band."""
        rng = self.rng
        change = np.zeros(48)
        if rng.random() < 0.8:  # a smooth random curve
            change += np.interp(np.arange(48), np.linspace(0, 47, 6), rng.normal(0, 0.9, 6))
        if rng.random() < 0.5:  # near and dark to far and thin
            change += np.linspace(1, -1, 48) * rng.uniform(-1.2, 2.2)
        if rng.random() < 0.15:  # nothing above 2.5 to 6 kHz
            change[rng.integers(28, 44):] -= rng.uniform(2, 9)
        if rng.random() < 0.15:  # nothing below 120 to 300 Hz
            change[:rng.integers(1, 5)] -= rng.uniform(1, 5)
        if rng.random() < 0.15:  # a few bands are missing
            a = rng.integers(0, 44)
            change[a:a + rng.integers(2, 6)] -= rng.uniform(1, 6)
        return change.astype(np.float32)

    def _augment(self, log_mel, pausing, begin):
        """[frames, 48] -> the same, as another microphone in another room hears it, from frame
        `begin` on; before it there is no sound at all."""
        rng = self.rng
        x = log_mel
        if rng.random() < 0.75:
            x = _tract(x, rng)
        if rng.random() < 0.3:
            x = features.relief(x, -3 * rng.uniform(0.1, 0.33))
        power = np.exp(x)
        loudness = power.mean(1)
        speech = loudness[loudness >= np.percentile(loudness, 60)].mean() + 1e-12
        if rng.random() < 0.5:
            self._breathe(power, pausing, speech)
        kind = rng.random()
        if kind < 0.25:
            snr_db = rng.uniform(25, 60)
        elif kind < 0.87:
            snr_db = rng.uniform(4, 21)
        else:
            snr_db = None
        if rng.random() < 0.25:
            power = _echo(power, rng)
        if snr_db is not None:
            if rng.random() < 0.6:
                noise = self._babble(len(x))
            else:
                noise = self.noises.draw(len(x), rng)
                if rng.random() < 0.3:  # as loud as the voice, where there is none
                    noise = noise * self._swell(pausing, snr_db)[:, None]
            power = power + noise * speech * 10 ** (-snr_db / 10)
        x = np.log(power + 1e-9)
        x = x + self._microphone()
        if rng.random() < 0.6:
            x = features.relief(x, rng.uniform(0, 1.5))
        gain = rng.uniform(-20, 12) / 10 * math.log(10)
        x = np.log(np.exp(x + gain) + features.FLOOR)
        x[:begin] = math.log(features.FLOOR)
        return x

    def _swell(self, pausing, to_db):
        """A factor for each frame: 1 near the voice, up to to_db more within the pauses."""
        wide = np.convolve(~pausing, np.ones(41), "same") > 0
        rise = np.convolve(~wide, np.hanning(31) / np.hanning(31).sum(), "same")
        return (10 ** (rise * self.rng.uniform(0.3, 1.1) * to_db / 10)).astype(np.float32)

    def _pause(self):
        frames = int(self.rng.uniform(10, 110 if self.rng.random() < 0.8 else 250))
        return (np.full((2 * frames, 48), math.log(1e-9), np.float32), np.tile(_REST, (frames, 1)),
                np.full(frames, _PAUSE_CLASS, np.uint8))

    def _example(self):
        """Clips one after the other until the chunk is full."""
        mel, curves, classes, have = [], [], [], 0
        need = CHUNK + CONTEXT
        skip = begin = None
        if self.rng.random() < 0.35:  # as a recording begins: the state has heard silence
            skip, begin = 0, UNSETTLED + CONTEXT // 2
            mel.append(np.full((2 * begin, 48), math.log(1e-9), np.float32))
            curves.append(np.tile(_REST, (begin, 1)))
            classes.append(np.full(begin, _PAUSE_CLASS, np.uint8))
            have = begin
        while have < need:
            if self.rng.random() < 0.25:
                part = self._pause()
            else:
                i = self._clip()
                a, b = self.offsets[i], self.offsets[i + 1]
                if skip is None:
                    skip = int(self.rng.integers(0, max(1, (b - a) // 2)))
                    a += skip
                part = (self.mel[2 * a:2 * b].astype(np.float32), self.curves[a:b],
                        self.classes[a:b])
                if self.rng.random() < 0.6 and b - a > 8:
                    part = _tempo(*part, self.rng)
            mel.append(part[0])
            curves.append(part[1])
            classes.append(part[2])
            have += len(part[1])
        classes = np.concatenate(classes)[:need]
        x = self._augment(np.concatenate(mel)[:2 * need],
                          np.repeat(classes == _PAUSE_CLASS, 2), 2 * (begin or 0))
        half = CONTEXT // 2
        return x, np.concatenate(curves)[half:half + CHUNK], classes[half:half + CHUNK]

    def draw(self):
        made = [self._example() for _ in range(BATCH)]
        return (torch.from_numpy(np.stack([m[0] for m in made]).astype(np.float32)),
                torch.from_numpy(np.stack([m[1] for m in made]).astype(np.float32) / 255),
                torch.from_numpy(np.stack([m[2] for m in made]).astype(np.int64)))


def loss_of(net, mel, wanted, classes, weights):
    with torch.autocast(_DEVICE.type, enabled=_BFLOAT16, dtype=torch.bfloat16):
        h, _ = net.features(mel, torch.zeros(1, len(mel), net.gru.hidden_size, device=_DEVICE))
    h = h.float()
    logits = net.curves(h)
    bce = nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    floor = nn.functional.binary_cross_entropy(wanted, wanted, reduction="none")
    mse = (torch.sigmoid(logits) - wanted) ** 2
    hard = torch.ones_like(bce)
    for curve, groups in _ALIKE.items():
        hard[..., curve] += 1.5 * torch.isin(classes, groups.to(_DEVICE)).float()
    curves = ((bce - floor + 4 * mse) * weights * hard)[:, UNSETTLED:].mean()
    groups = nn.functional.cross_entropy(net.groups(h).transpose(1, 2), classes, reduction="none")
    groups = (groups * hard[..., _CLOSE])[:, UNSETTLED:].mean()
    return curves + 0.1 * groups, curves, groups


def follow(mean, net, keep):
    """The mean of the weights over the last steps answers better than the last of them."""
    with torch.no_grad():
        for a, b in zip(mean.state_dict().values(), net.state_dict().values()):
            if a.dtype.is_floating_point:
                a.mul_(keep).add_(b, alpha=1 - keep)
            else:
                a.copy_(b)


def _save(net, path):
    torch.save(dict(net={k: v.cpu() for k, v in net.state_dict().items()}), path)


def _joined(paths):
    """The corpora of several files as one."""
    out = None
    for path in paths:
        with np.load(path, allow_pickle=True) as f:
            data = {k: f[k] for k in ("mel", "curves", "classes", "offsets", "source", "names")}
        if out is None:
            out = data
            continue
        data["offsets"] = data["offsets"][1:] + out["offsets"][-1]
        data["source"] = data["source"] + len(out["names"])
        out = {k: np.concatenate([out[k], data[k]]) for k in out}
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("data", nargs="+")
    parser.add_argument("--steps", type=int, default=16000)
    parser.add_argument("--start", help="a NET.pt to go on from")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    batches = Batches(_joined(args.data), args.seed)
    net = ArticulationNet(groups=len(GROUPS))
    if args.start:
        net.load_state_dict(torch.load(args.start)["net"])
    net.to(_DEVICE)
    print(sum(p.numel() for p in net.parameters()), "parameters", flush=True)
    mean = copy.deepcopy(net)
    weights = torch.tensor([WEIGHTS[c] for c in CURVES], device=_DEVICE)
    optimiser = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=1e-2)
    started, sums = time.time(), np.zeros(3)
    for step in range(1, args.steps + 1):
        rate = args.rate * min(1, step / 200) * 0.5 * (1 + math.cos(math.pi * step / args.steps)) + 1e-5
        for group in optimiser.param_groups:
            group["lr"] = rate
        net.train()
        losses = loss_of(net, *(t.to(_DEVICE) for t in batches.draw()), weights)
        optimiser.zero_grad()
        losses[0].backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        follow(mean, net, min(0.999, step / (step + 10)))
        sums += [float(v.detach()) for v in losses]
        if step % 100 == 0:
            print("%6d  %5.1f min  loss %.4f curves %.4f groups %.3f" %
                  (step, (time.time() - started) / 60, *(sums / 100)), flush=True)
            sums[:] = 0
        if step % 500 == 0:
            _save(mean, args.output)
    _save(mean, args.output)


if __name__ == "__main__":
    main()
