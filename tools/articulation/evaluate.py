"""Measures a model on held-out clips: evaluate.py NET.pt HELD.npz [--json OUT]
[--noise-db 10 --noise pink|babble] [--live].

At 25 frames per second, frame k describing (k + 0.5) / 25 s. p b m: a closure is
a run of frames with lip_close >= 0.5 outside pauses; it is right if its centre
lies within 2 frames of the centre of a p, b or m that touches no pause, one to
one; at those that touch one it counts nothing. f v: the same with labiodental.
null: the same curves against the marks of another clip of the same set.
"""
import argparse
import json

import numpy as np
import torch

import features
import model
import targets
from model import CONTEXT, EDGE
from segments import is_closure
from tables import PAUSE, SEGMENTS

FPS = 25
LIMIT_S = 2.0 / FPS
INTRODUCTION = 500  # frames of log-mel
# Curves of silence, as in articulation.cpp: before each sound, and before that at first and in between
LEAD, SETTLING, PARTING = 8, 16, 2
BLENDED = 0.25  # what a band takes of each of its neighbours where there is no noise
_INDEX = {name: i for i, name in enumerate(targets.CURVES)}
_PEAKED = [_INDEX["lip_close"], _INDEX["labiodental"]]


def load(path, live=False):
    """NET.pt -> function: log_mel [2 n, 48] to curves at 25 frames per second [n / 2, 10]. As Articulation
    with Hearing::live, or else Hearing::recording."""
    heard = hearing(path, live)

    def video(mel):
        return resting(to_video(heard(mel)), strictness(mel, live))

    return video


def hearing(path, live=False):
    """NET.pt -> function: log_mel [2 n, 48] to curves at 50 Hz [n, 10], before the mouth is brought to rest; of a
    recording by two ears, that have heard the beginning."""
    net = model.Stream(model.load(path))

    def run(mel, state):
        with torch.no_grad():
            curves, state = net(torch.from_numpy(mel)[None], state)
        return curves[0].numpy(), state

    _, settled = run(features.quiet(2 * (SETTLING + EDGE)), torch.zeros(1, 1, net.state_size))
    # of the silence before the first curve's time the network has heard all but this
    lead, trail = features.quiet(2 * LEAD + 2 * EDGE - CONTEXT), features.quiet(CONTEXT)

    def hear(mel):
        state = settled
        if not live:  # Articulation::listen
            _, state = run(np.concatenate([lead, mel[:INTRODUCTION], features.quiet(2 * PARTING), trail]),
                           settled)
        return run(np.concatenate([lead, mel, trail]), state)[0][LEAD:]

    def curves(mel):
        mel = mel.astype(np.float32)
        if live:
            return hear(mel)
        mel = features.relief(mel, -3 * BLENDED * (1 - strictness(mel)))
        return (hear(features.moved_bands(mel, 0.93)) + hear(features.moved_bands(mel, 1.07))) / 2

    return curves


def to_video(curves):
    """50 Hz to 25 fps: mean of the two samples; contacts take the larger one."""
    n = len(curves) // 2
    pairs = curves[:2 * n].reshape(n, 2, -1)
    out = pairs.mean(1)
    out[:, _PEAKED] = pairs[:, :, _PEAKED].max(1)
    return out


def strictness(mel, live=False):
    """How much the mouth's rest is enforced, 0..1, by the noise in a recording's beginning: as
    articulation.cpp."""
    if live:
        return 1.0
    levels = 10 * np.log10(np.exp(mel[:INTRODUCTION].astype(np.float64)).mean(1))
    levels = np.sort(levels[levels > -65])
    if len(levels) < 20:
        return 1.0
    last = len(levels) - 1
    return float(np.clip((26 - (levels[int(0.9 * last)] - levels[int(0.1 * last)])) / 6, 0, 1))


def resting(video, strict):
    """Where nobody speaks the mouth is at rest, whatever the noise suggests: as articulation.cpp."""
    video = video.copy()
    rest = np.clip((0.7 - video[:, _INDEX["voice"]]) / 0.3, 0, 1)
    rest = strict * rest * rest * (3 - 2 * rest)
    kept = [_INDEX["lip_close"], _INDEX["voice"]]
    moved = [c for c in range(video.shape[1]) if c not in kept]
    video[:, moved] *= 1 - rest[:, None]
    video[:, kept[0]] = np.maximum(video[:, kept[0]], rest)
    return video


def _runs(active):
    """[(first, one past the last)] of the runs of true frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(int), [0]])))
    return [(a, b) for a, b in edges.reshape(-1, 2)]


def _match(wanted, found):
    """Greedy one to one by distance, within LIMIT_S: the indices of `found` that fit one of `wanted`."""
    pairs = sorted((abs(w - f), i, j) for i, w in enumerate(wanted) for j, f in enumerate(found)
                   if abs(w - f) <= LIMIT_S + 1e-6)
    used_w, used_f = set(), set()
    for _, i, j in pairs:
        if i not in used_w and j not in used_f:
            used_w.add(i)
            used_f.add(j)
    return used_f


def events(marks, kind):
    """Centres of the contacts: those that touch no pause of 100 ms or more, and those that do. Sounds in a row
    that all need it, as in "number", are one contact."""
    def pausing(i):
        return not 0 <= i < len(marks) or (marks[i][2] == PAUSE and marks[i][1] - marks[i][0] > 0.1)
    test = is_closure if kind == "lip_close" else (lambda p: SEGMENTS[p].labiodental >= 0.9)
    free, touching = [], []
    for a, b in _runs(np.array([test(p) for _, _, p in marks])):
        (touching if pausing(a - 1) or pausing(b) else free).append(0.5 * (marks[a][0] + marks[b - 1][1]))
    return free, touching


def spoken(marks, frames, margin_s=0.1):
    """True where no pause of 100 ms or more is within margin_s."""
    t = (np.arange(frames) + 0.5) / FPS
    out = np.ones(frames, bool)
    for s, e, p in marks:
        if p == PAUSE and e - s > 0.1:
            out &= (t < s - margin_s) | (t > e + margin_s)
    return out


def contact_counts(video, marks, kind):
    column = video[:, _INDEX[kind]]
    inside = spoken(marks, len(video), 0.0)
    found = [0.5 * (a + b) / FPS for a, b in _runs(column >= 0.5)
             if inside[a:b].all()]
    wanted, touching = events(marks, kind)
    right = _match(wanted, found)
    rest = [f for j, f in enumerate(found) if j not in right]
    left_out = _match(touching, rest)  # neither right nor wrong
    return np.array([len(wanted), len(found) - len(left_out), len(right)])


def _noisy(mel, kind, snr_db, rng, others):
    power = np.exp(mel.astype(np.float32))
    if kind == "pink":
        spectrum = np.fft.rfft(rng.standard_normal(len(mel) * 160))
        hz = np.maximum(np.fft.rfftfreq(len(mel) * 160, 1 / 16000), 40)
        noise = features.mel_power(np.fft.irfft(spectrum / np.sqrt(hz)).astype(np.float32))
    else:
        noise = np.zeros_like(power)
        for _ in range(6):
            a = rng.integers(0, len(others) - len(mel))
            noise += np.exp(others[a:a + len(mel)].astype(np.float32))
    # the band weighting makes this mean over mel bands a little stricter than
    # a broadband ratio
    speech = power[power.mean(1) > np.percentile(power.mean(1), 40)].mean()
    noise = noise[:len(mel)] * speech / noise.mean() * 10 ** (-snr_db / 10)
    return np.log(power + noise + features.FLOOR)


def measure(run, data, noise=None, snr_db=10.0):
    """{set: numbers} of a network."""
    rng = np.random.default_rng(5)
    offsets = data["offsets"]
    video = []
    for a, b in zip(offsets[:-1], offsets[1:]):
        mel = data["mel"][2 * a:2 * b]
        if noise:
            mel = _noisy(mel, noise, snr_db, rng, data["mel"])
        video.append(run(mel))
    return summaries(video, data)


def summaries(video, data):
    """{set: numbers}; video: frames at 25 fps, one array a clip."""
    offsets, out = data["offsets"], {}
    for index, name in enumerate(data["names"]):
        clips = np.flatnonzero(data["source"] == index)
        wanted = [to_video(data["curves"][offsets[i]:offsets[i + 1]].astype(np.float32) / 255)
                  for i in clips]
        out[str(name)] = _summary([video[i] for i in clips], wanted,
                                  [data["marks"][i] for i in clips])
    return out


def _summary(video, wanted, marks):
    row = {}
    for kind, label in (("lip_close", "pbm"), ("labiodental", "fv")):
        counts = sum(contact_counts(v, m, kind) for v, m in zip(video, marks))
        null = sum(contact_counts(video[(i + 1) % len(video)][:len(v)], m, kind)
                   for i, (v, m) in enumerate(zip(video, marks)))
        row[label + "_count"] = int(counts[0])
        for tag, c in (("", counts), ("_null", null)):
            row[label + "_recall" + tag] = float(c[2] / max(1, c[0]))
            row[label + "_precision" + tag] = float(c[2] / max(1, c[1]))
    inside = np.concatenate([spoken(m, len(v), 0.0) for v, m in zip(video, marks)])
    v, w = np.concatenate(video), np.concatenate(wanted)
    other = np.concatenate([np.resize(video[(i + 1) % len(video)], x.shape)
                            for i, x in enumerate(video)])
    for name in ("jaw", "round", "spread", "teeth", "tongue"):
        c = _INDEX[name]
        row[name] = float(np.corrcoef(v[inside, c], w[inside, c])[0, 1])
        row[name + "_null"] = float(np.corrcoef(other[inside, c], w[inside, c])[0, 1])
    t_pause = []
    for x, m in zip(video, marks):
        t = (np.arange(len(x)) + 0.5) / FPS
        for s, e, p in m:
            if p == PAUSE and e - s >= 0.3:
                inner = (t > s + 0.1) & (t < e - 0.1)
                t_pause.append(x[inner][:, [_INDEX["lip_close"], _INDEX["jaw"]]])
    quiet = np.concatenate(t_pause) if t_pause else np.zeros((0, 2))
    row["pause_closed"] = (float(((quiet[:, 0] > 0.7) & (quiet[:, 1] < 0.12)).mean()) if t_pause
                           else float("nan"))
    return row


def table(rows):
    keys = ("pbm_recall", "pbm_precision", "pbm_recall_null", "pbm_precision_null", "fv_recall",
            "fv_precision", "jaw", "jaw_null", "round", "round_null", "spread", "pause_closed")
    lines = ["| set | p b m recall / precision | null | f v | jaw (null) | round (null) | spread "
             "| pauses closed |", "|---|---|---|---|---|---|---|---|"]
    for name, row in rows.items():
        lines.append("| %s | %.2f / %.2f | %.2f / %.2f | %.2f / %.2f | %.2f (%.2f) | %.2f (%.2f) "
                     "| %.2f | %.1f %% |" % ((name,) + tuple(row[k] for k in keys[:-1]) +
                                             (100 * row[keys[-1]],)))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--noise", choices=("pink", "babble"))
    parser.add_argument("--noise-db", type=float, default=10.0)
    parser.add_argument("--live", action="store_true",
                        help="from the first sample on, without hearing the beginning before")
    parser.add_argument("--json")
    args = parser.parse_args()
    data = dict(np.load(args.data, allow_pickle=True))
    rows = measure(load(args.model, args.live), data, args.noise, args.noise_db)
    print(table(rows))
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(rows, f, indent=1)


if __name__ == "__main__":
    main()
