"""What the network does where nobody speaks plainly: situations.py NET.pt HELD_OUT.npz.

Frames at 25 fps as in evaluate.py. closed: share of frames with lip_close > .7
and jaw < .12. The sounds are other ones than train.py makes.
"""
import sys

import numpy as np

import evaluate
import features
from dsp import band_pass
from targets import CURVES

RATE = features.RATE_HZ
JAW, CLOSE = CURVES.index("jaw"), CURVES.index("lip_close")


def _closed(run, samples):
    video = run(features.log_mel(samples.astype(np.float32)))
    return ((video[:, CLOSE] > 0.7) & (video[:, JAW] < 0.12)).mean()


def _breaths(rng):
    x = np.zeros(30 * RATE)
    for start in range(0, 30, 2):
        n = int(rng.uniform(0.4, 1.2) * RATE)
        low = rng.uniform(250, 1200)
        sound = band_pass(rng.standard_normal(n), low, low * rng.uniform(2.5, 5), 2, RATE)
        x[start * RATE:start * RATE + n] = 0.02 * sound / np.std(sound) * np.hanning(n)
    return x


def _music(rng):
    """A plucked melody over a bass, with a drum."""
    x = np.zeros(30 * RATE)
    for i in range(100):
        a = int(i * 0.3 * RATE)
        n = min(int(0.8 * RATE), len(x) - a)
        t = np.arange(n) / RATE
        f0 = 220 * 2 ** (rng.choice((0, 2, 4, 5, 7, 9, 11, 12)) / 12)
        for f, level in ((f0, 1.0), (f0 / 4, 0.8)):
            for k in range(1, 9):
                x[a:a + n] += level / k ** 1.5 * np.sin(2 * np.pi * f * k * t) * np.exp(-k * 2 * t)
        hit = min(int(0.05 * RATE), n)
        x[a:a + hit] += rng.standard_normal(hit) * np.exp(-np.arange(hit) / (0.01 * RATE))
    return 0.08 * x / np.std(x)


def _clips(data, name):
    index = [str(n) for n in data["names"]].index(name)
    for i in np.flatnonzero(data["source"] == index):
        a, b = data["offsets"][i], data["offsets"][i + 1]
        yield i, data["samples"][320 * a:320 * b].astype(np.float32) / 32768


def _shouted(x):
    """Louder by 18 dB, brighter above 1 kHz, and clipped."""
    bright = band_pass(x, 1000, 7000, 2, RATE)
    return np.clip(8 * (x + 2 * bright), -1, 1).astype(np.float32)


def _as_spoken(run, data, name, change):
    """Jaw's correlation and the recall of p b m of changed clips."""
    videos, wanted, counts = [], [], np.zeros(3)
    for i, x in _clips(data, name):
        a, b = data["offsets"][i], data["offsets"][i + 1]
        video = run(features.log_mel(change(x)))
        videos.append(video[:, JAW])
        wanted.append(evaluate.to_video(data["curves"][a:b].astype(np.float32) / 255)[:, JAW])
        counts += evaluate.contact_counts(video, data["marks"][i], "lip_close")
    return np.corrcoef(np.concatenate(videos), np.concatenate(wanted))[0, 1], counts[2] / counts[0]


def main():
    run = evaluate.load(sys.argv[1])
    data = dict(np.load(sys.argv[2], allow_pickle=True))
    rng = np.random.default_rng(8)
    for name, sound in (("silence", np.zeros(30 * RATE)), ("breath", _breaths(rng)),
                        ("music", _music(rng)),
                        ("hum", 0.02 * np.sin(2 * np.pi * 100 * np.arange(30 * RATE) / RATE))):
        print("%-28s closed %.1f %%" % (name, 100 * _closed(run, sound)))
    others = np.concatenate([x for _, x in _clips(data, "italian_pc")])
    at = [0]

    def second(level_db):
        def change(x):
            a = at[0]
            at[0] = (a + len(x)) % (len(others) - 20 * RATE)
            return x + others[a:a + len(x)] * 10 ** (level_db / 20)
        return change

    for label, change in (("as recorded", lambda x: x), ("shouted", _shouted),
                          ("a second voice, 12 dB softer", second(-12)),
                          ("a second voice, 6 dB softer", second(-6)),
                          ("a second voice, as loud", second(0))):
        jaw, recall = _as_spoken(run, data, "english", change)
        print("%-28s jaw %.2f, p b m recall %.2f" % (label, jaw, recall))


if __name__ == "__main__":
    main()
