"""When each sound of a known text is said, by a network that already exists.

A network trained on synthesisers (train.py) names the class of phoneme of each frame, in any language.
Its opinion is searched for the most likely path through the phones that espeak-ng gives for the text:
what is said is known, only the times are found. Segments have durations of their own (a hidden
semi-Markov model with log-normal durations around espeak-ng's, after S. E. Levinson, "Continuously
variable duration hidden Markov models for automatic speech recognition", 1986).
"""
import numpy as np
import torch

import features
import model
from model import CONTEXT
from tables import GROUPS, PAUSE, SEGMENTS

STEP_S = 0.01
_LONGEST = 40  # steps of one sound
_SPREAD = 0.5  # of the logarithm of a duration
_NO_PAUSE = -5.0  # of a pause that espeak-ng does not make
_CLASS = {part: GROUPS.index(SEGMENTS[part].group) for part in SEGMENTS}


class Listener:
    """NET.pt: the logarithm of each class's likelihood, every 10 ms."""

    def __init__(self, path):
        self._net = model.load(path)

    def _classes(self, mel):
        quiet = features.quiet(CONTEXT)
        x = torch.from_numpy(np.concatenate([quiet, mel, quiet]))[None]
        state = torch.zeros(1, 1, self._net.gru.hidden_size)
        with torch.no_grad():
            for _ in range(2):  # the second time it knows the voice
                h, state = self._net.features(x, state)
            return torch.log_softmax(self._net.groups(h), 2)[0].numpy()

    def __call__(self, samples):
        """float32 at 16 kHz -> [steps, classes]."""
        mel = features.log_mel(samples).astype(np.float32)
        mel = np.concatenate([mel, mel[-1:].repeat(3 + len(mel) % 2, 0)])
        out = []
        for factor in (0.93, 1.0, 1.07):
            ear = features.moved_bands(mel, factor)
            even, odd = self._classes(ear), self._classes(np.concatenate([ear[1:], ear[-1:]]))
            both = np.empty((2 * len(even), even.shape[1]), np.float32)
            # an output describes two frames of log-mel, and stands between them
            both[0::2], both[1::2] = even, odd
            out.append(both)
        return np.mean(out, 0)


def align(likelihood, spoken):
    """likelihood [steps, classes]; spoken [(duration_s, IPA)] as espeak-ng says it, PAUSE where it rests.
    -> ([(start_s, end_s, IPA)], mean logarithm of the likelihood of what was said, a step)."""
    parts, usual, optional = [PAUSE], [0.3], [False]
    for i, (duration, part) in enumerate(spoken):
        if part == PAUSE:
            continue
        if i:
            parts.append(PAUSE)
            usual.append(0.2)
            optional.append(True)
        parts.append(part)
        usual.append(duration)
        optional.append(False)
    parts.append(PAUSE)
    usual.append(0.3)
    optional.append(False)
    steps = len(likelihood)
    # how fast is it said?
    quiet = likelihood[:, _CLASS[PAUSE]] > np.log(0.5)
    said = sum(u for u, p in zip(usual, parts) if p != PAUSE)
    tempo = np.clip((~quiet).sum() * STEP_S / max(said, 0.1), 0.5, 2.0)
    lengths = np.arange(1, _LONGEST + 1)
    score = np.full(steps + 1, -np.inf)
    score[0] = 0.0
    back = []
    for n, (part, u, skip) in enumerate(zip(parts, usual, optional)):
        total = np.concatenate([[0.0], np.cumsum(likelihood[:, _CLASS[part]])])
        new = np.full(steps + 1, -np.inf)
        came = np.zeros(steps + 1, np.int32)
        if part == PAUSE:  # any length from 40 ms on
            first = 4 if skip else 0
            best, at = -np.inf, 0
            cost = _NO_PAUSE if skip else 0.0
            for t in range(first, steps + 1):
                s = score[t - first] - total[t - first]
                if s > best:
                    best, at = s, t - first
                if best + total[t] + cost > new[t]:
                    new[t], came[t] = best + total[t] + cost, t - at
            if skip:
                better = score > new
                new[better], came[better] = score[better], 0
        else:
            prior = -0.5 * (np.log(lengths * STEP_S / (u * tempo)) / _SPREAD) ** 2
            prior[0] = -np.inf  # at least 20 ms
            for length in lengths[1:]:
                if length > steps:
                    break
                s = score[:-length] + total[length:] - total[:-length] + prior[length - 1]
                better = s > new[length:]
                new[length:][better] = s[better]
                came[length:][better] = length
        score = new
        back.append(came)
    if not np.isfinite(score[steps]):
        return [], -np.inf
    marks, t, heard, frames = [], steps, 0.0, 0
    for n in range(len(parts) - 1, -1, -1):
        length = int(back[n][t])
        if length:
            marks.append(((t - length) * STEP_S, t * STEP_S, parts[n]))
            if parts[n] != PAUSE:
                heard += likelihood[t - length:t, _CLASS[parts[n]]].sum()
                frames += length
        t -= length
    return marks[::-1], heard / max(1, frames)
