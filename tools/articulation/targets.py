"""IPA segments to curves at 50 Hz: coarticulation by dominance functions.

After Cohen and Massaro, "Modeling coarticulation in synthetic visual speech"
(1993): each segment s has, for each articulator, a target T_s and a dominance
D_s(t) = a_s exp(-(|t - c_s| / theta)^c) that falls off around it; the curve is
the dominance-weighted mean of the targets. Rounding starts earlier than it
ends (anticipation). Gestures that must be reached (lips pressed together, lip
on the teeth) are bumps over their interval that do not compete.
Frame j is the state at (j + 0.5) * 20 ms.
"""
import numpy as np

from tables import GROUPS, PAUSE, SEGMENTS

RATE_HZ = 50
CURVES = ("jaw", "lip_close", "round", "spread", "upper_lip_raise",
          "lower_lip_drop", "labiodental", "tongue", "teeth", "voice")

# Width of the dominance beyond the segment's own half, before and after, in s.
_SPREAD_S = {"jaw": (0.035, 0.035), "shape": (0.060, 0.045), "mouth": (0.030, 0.030)}
_POWER = 1.5
_SHORT_PAUSE_S, _LONG_PAUSE_S = 0.06, 0.15


def _pause_strength(duration_s):
    x = (duration_s - _SHORT_PAUSE_S) / (_LONG_PAUSE_S - _SHORT_PAUSE_S)
    return float(np.clip(x, 0.0, 1.0))


def _dominance(times, starts, ends, weights, kind):
    before, after = _SPREAD_S[kind]
    centres = 0.5 * (starts + ends)
    half = 0.35 * (ends - starts)
    offset = times[:, None] - centres[None]
    theta = half[None] + np.where(offset < 0, before, after)
    return weights[None] * np.exp(-(np.abs(offset) / theta) ** _POWER)


def _bump(times, starts, ends, sigma_s, shortest_s):
    """1 inside each interval, Gaussian flanks; [frames, segments]."""
    centres, half = 0.5 * (starts + ends), 0.5 * (ends - starts)
    flat = np.maximum(half - 0.6 * sigma_s, 0.5 * shortest_s)
    outside = np.maximum(0.0, np.abs(times[:, None] - centres[None]) - flat[None])
    return np.exp(-0.5 * (outside / sigma_s) ** 2)


def curves(marks, frames):
    """marks [(start_s, end_s, IPA)] -> float32 [frames, len(CURVES)], 0..1."""
    times = (np.arange(frames) + 0.5) / RATE_HZ
    starts = np.array([m[0] for m in marks])
    ends = np.array([m[1] for m in marks])
    rows = [SEGMENTS[m[2]] for m in marks]
    pause = np.array([m[2] == PAUSE for m in marks])
    strength = np.array([_pause_strength(e - s) if p else 1.0
                         for s, e, p in zip(starts, ends, pause)])
    # A long pause reaches its edges: its dominance is as wide as a vowel's.
    jaw_weights = np.array([r.jaw_weight for r in rows]) * np.maximum(strength, 0.02)
    shape_weights = np.array([r.shape_weight for r in rows]) * np.maximum(strength, 0.02)

    def blend(name, weights, kind):
        dominance = _dominance(times, starts, ends, weights, kind) + 1e-12 * weights
        values = np.array([getattr(r, name) for r in rows])
        return (dominance @ values) / dominance.sum(1)

    mouth_weights = np.maximum(strength, 0.02)
    out = {
        "jaw": blend("jaw", jaw_weights, "jaw"),
        "round": blend("round", shape_weights, "shape"),
        "spread": blend("spread", shape_weights, "shape"),
        "upper_lip_raise": blend("upper", mouth_weights, "mouth"),
        "lower_lip_drop": blend("lower", mouth_weights, "mouth"),
        "tongue": blend("tongue", mouth_weights, "mouth"),
        "teeth": blend("teeth", mouth_weights, "mouth"),
    }
    lips = np.array([0.0 if p else r.close for r, p in zip(rows, pause)])
    bump = (_bump(times, starts, ends, 0.014, 0.030) * lips[None]).max(1)
    rest = np.zeros(frames)
    if pause.any():
        # Lips part a little before the voice and meet a little after it.
        rest = (_bump(times, starts[pause] + 0.03, ends[pause] - 0.05, 0.03, 0.0)
                * strength[pause][None]).max(1)
    out["lip_close"] = np.maximum(bump, rest)
    teeth = np.array([r.labiodental for r in rows])
    out["labiodental"] = (_bump(times, starts, ends, 0.016, 0.030) * teeth[None]).max(1)
    speaking = np.where(pause, 1.0 - strength, 1.0)
    out["voice"] = (_bump(times, starts, ends, 0.02, 0.0) * speaking[None]).max(1)
    return np.clip(np.stack([out[n] for n in CURVES], 1), 0, 1).astype(np.float32)


_GROUP_INDEX = {g: i for i, g in enumerate(GROUPS)}


def classes(marks, frames):
    """Index into GROUPS of the segment sounding at each frame's centre."""
    times = (np.arange(frames) + 0.5) / RATE_HZ
    ends = np.array([m[1] for m in marks])
    which = np.minimum(np.searchsorted(ends, times, side="right"), len(marks) - 1)
    return np.array([_GROUP_INDEX[SEGMENTS[marks[i][2]].group] for i in which], np.uint8)
