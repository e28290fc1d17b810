"""Other methods on the same clips: compare.py NET.pt HEADAUDIO_FOLDER DATA.npz [DATA.npz ...].

HEADAUDIO_FOLDER: the unpacked npm package @met4citizen/headaudio (MIT). Its 15
visemes become curves by the rows of tables.py; it knows its own silence, and is
given the delay at which its jaw fits best.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import evaluate
from tables import PAUSE, SEGMENTS
from targets import CURVES

# In the package's order; the last is silence.
_VISEMES = ("a", "ɛ", "i", "o", "u", "p", "s", "θ", "t", "f", "k", "n", "ɹ", "ʃ")
_FIELDS = dict(jaw="jaw", lip_close="close", round="round", spread="spread",
               upper_lip_raise="upper", lower_lip_drop="lower", labiodental="labiodental",
               tongue="tongue", teeth="teeth")


def _rows(segments):
    return np.array([[getattr(SEGMENTS[s], _FIELDS[c]) if c in _FIELDS else float(s != PAUSE)
                      for c in CURVES] for s in segments], np.float32)


def headaudio(folder, data):
    """Curves at 50 Hz, one array a clip."""
    offsets = data["offsets"]
    clips = [[int(320 * a), int(320 * b)] for a, b in zip(offsets[:-1], offsets[1:])]
    with tempfile.TemporaryDirectory() as work:
        paths = [os.path.join(work, n) for n in ("clips.json", "samples.i16", "out.u8")]
        with open(paths[0], "w", encoding="ascii") as f:
            json.dump(clips, f)
        data["samples"].tofile(paths[1])
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "headaudio.mjs")
        subprocess.run(["node", script, folder, *paths], check=True)
        alphas = np.fromfile(paths[2], np.uint8).reshape(-1, 15)[:, :14] / 255
    silence = np.maximum(0, 1 - alphas.sum(1, keepdims=True))
    weights = np.concatenate([alphas, silence], 1)
    curves = weights @ _rows(_VISEMES + (PAUSE,)) / weights.sum(1, keepdims=True)
    return [curves[a:b].astype(np.float32) for a, b in zip(offsets[:-1], offsets[1:])]


def _best_delay(curves, data):
    """Frames of 20 ms by which the curves are late."""
    wanted = data["curves"][:, 0].astype(float)
    found = np.concatenate(curves)[:, 0]
    delays = range(-8, 9)
    return max(delays, key=lambda d: np.corrcoef(np.roll(found, -d), wanted)[0, 1])


def _mean(rows):
    keys = [k for k in next(iter(rows.values())) if not k.endswith("_count")]
    mean = {k: float(np.mean([r[k] for r in rows.values()])) for k in keys}
    # Japanese has no f v.
    for key in ("fv_recall", "fv_precision"):
        mean[key] = float(np.mean([r[key] for r in rows.values() if r["fv_count"] > 0]))
    return mean


def main():
    net, folder, *paths = sys.argv[1:]
    run = evaluate.load(net)
    for path in paths:
        data = dict(np.load(path, allow_pickle=True))
        other = headaudio(folder, data)
        delay = _best_delay(other, data)
        other = [np.roll(c, -delay, 0) for c in other]
        ours = evaluate.measure(run, data)
        theirs = evaluate.summaries([evaluate.to_video(c) for c in other], data)
        print("%s (headaudio moved by %d ms)" % (os.path.basename(path), 20 * delay))
        for name, rows in (("ours", ours), ("headaudio", theirs)):
            print(name)
            print(evaluate.table({**rows, "mean": _mean(rows)}))


if __name__ == "__main__":
    main()
