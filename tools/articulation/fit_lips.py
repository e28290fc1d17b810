"""How the lips of people on video follow the curves: fit_lips.py NET.pt DITTO_AVATAR VIDEO ... [--check VIDEO ...].

DITTO_AVATAR (the program) measures the lips' gap and the mouth's width of each frame; the network hears the sound
as a recording. Prints the weights of the curves that suit all VIDEOs best, for src/judge/voice.cpp, and what they
reach at each recording's own lag: on a VIDEO the weights of the others, on the videos to check those of all.
"""
import argparse
import os
import subprocess
import tempfile

import numpy as np

import evaluate
import features
import people
from dsp import rows_at
from targets import CURVES

STEP_S = 0.02  # of the curves
WIDTH_BLEND_S, WIDTH_DELAY_S = 0.06, 0.02  # corners move slower and later than the lips' gap; as in voice.cpp
GAP_SHARE = 0.65  # of the lag's measure, as in lip_sync.cpp
LAGS_S = np.arange(-0.6, 0.6, 0.01)
_LONGEST_S = 10  # a longer recording counts as one of this
_RIDGE = 0.01


def _smoothed(x, sigma):
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(x, ((reach, reach), (0, 0)), "edge")
    return np.stack([np.convolve(c, weights / weights.sum(), "valid") for c in padded.T], 1)


def _at(x, times_s):
    return rows_at(x, times_s / STEP_S - 0.5)


def _correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1])


class Recording:
    """What is seen of a video, at times_s of its sound, and heard in it."""

    def __init__(self, video, program, hear):
        with tempfile.TemporaryDirectory() as folder:
            table = os.path.join(folder, "signals.tsv")
            subprocess.run([program, "judge", video, "--signals", table], check=True, stdout=subprocess.DEVNULL)
            seen = np.loadtxt(table, skiprows=1, ndmin=2)
        self.name = os.path.basename(video)
        self.times_s = seen[:, 0]
        self.seen = [seen[:, 1], seen[:, 2]]  # gap and width
        sound = people.read(video)
        self._curves = hear(features.log_mel(sound[:len(sound) // 640 * 640]))
        self._slow = _smoothed(self._curves, WIDTH_BLEND_S / STEP_S)
        self.lag_s = 0.0

    def heard(self, width, lag_s):
        """[frames, curves], of the sound lag_s later."""
        if width:
            return _at(self._slow, self.times_s + lag_s - WIDTH_DELAY_S)
        return _at(self._curves, self.times_s + lag_s)

    def correlations(self, weights, lag_s):
        return [_correlation(self.heard(w, lag_s) @ weights[w], self.seen[w]) for w in (0, 1)]

    def find_lag(self, weights):
        def fits(lag_s):
            gap, width = self.correlations(weights, lag_s)
            return GAP_SHARE * gap + (1 - GAP_SHARE) * width
        self.lag_s = max(LAGS_S, key=fits)


def _sums(recording, width):
    x = recording.heard(width, recording.lag_s)
    x = x - x.mean(0)
    y = recording.seen[width]
    y = (y - y.mean()) / y.std()
    share = min(1.0, _LONGEST_S / (recording.times_s[-1] - recording.times_s[0] + 1e-9))
    return x.T @ x * share, x.T @ y * share


def fitted(recordings):
    weights = []
    for width in (0, 1):
        sums = [_sums(r, width) for r in recordings]
        a, b = sum(s[0] for s in sums), sum(s[1] for s in sums)
        weights.append(np.linalg.solve(a + _RIDGE * np.diag(np.diag(a) + 1e-6), b))
    return weights


def _first_guess():
    weights = np.zeros((2, len(CURVES)))
    weights[0, CURVES.index("jaw")], weights[0, CURVES.index("lip_close")] = 1, -1
    weights[1, CURVES.index("spread")], weights[1, CURVES.index("round")] = 1, -1.5
    return weights


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("net")
    parser.add_argument("program")
    parser.add_argument("video", nargs="+")
    parser.add_argument("--check", nargs="*", default=[])
    args = parser.parse_args()
    hear = evaluate.hearing(args.net)
    recordings = [Recording(v, args.program, hear) for v in args.video]
    weights = _first_guess()
    for _ in range(4):
        for recording in recordings:
            recording.find_lag(weights)
        weights = fitted(recordings)
    reached = []
    for recording in recordings:
        reached.append(recording.correlations(fitted([r for r in recordings if r is not recording]),
                                              recording.lag_s))
        print("%-32s gap %.3f width %.3f" % (recording.name, *reached[-1]))
    print("%-32s gap %.3f width %.3f" % ("mean of %d" % len(reached), *np.mean(reached, 0)))
    reached = []
    for video in args.check:
        recording = Recording(video, args.program, hear)
        recording.find_lag(weights)
        reached.append(recording.correlations(weights, recording.lag_s))
        print("%-32s gap %.3f width %.3f" % (recording.name, *reached[-1]))
    if reached:
        print("%-32s gap %.3f width %.3f" % ("mean of %d checked" % len(reached), *np.mean(reached, 0)))
    for name, gap, width in zip(CURVES, *weights):
        print("%-16s gap %+.2f width %+.2f" % (name, gap, width))


if __name__ == "__main__":
    main()
