"""A synthesiser's phones as IPA segments with the timing of the gesture."""
import numpy as np

from tables import PAUSE, SEGMENTS, STOPS, to_ipa

# A stop's label covers closure, burst and aspiration; the lips are closed
# during the first part only.
_CLOSED_PART = 0.65


def _pull_back_to_silence(samples, rate_hz, start_s, limit_s):
    """espeak-ng reports p t k at the burst: the closure is the silence before."""
    step = max(1, int(0.004 * rate_hz))
    loudest = float(np.max(np.abs(samples))) if len(samples) else 0.0
    i = int(start_s * rate_hz)
    lowest = max(0, i - int(limit_s * rate_hz))
    while i - step >= lowest and np.max(np.abs(samples[i - step:i])) < 0.004 * loudest:
        i -= step
    return i / rate_hz


def segments(clip):
    """[(start_s, end_s, IPA)] without gaps from 0 to the end of the clip.

    Affricates and diphthongs are split in time, the release of a stop goes to
    the segment that follows it, neighbouring pauses are joined.
    """
    marks = []
    for start, end, symbol in clip.phones:
        parts = to_ipa(symbol, clip.phone_set, clip.voice) or []
        if not parts:
            continue
        if clip.phone_set == "ipa" and parts[0] in "ptkqcʈ":
            before = start
            start = _pull_back_to_silence(clip.samples, clip.rate_hz, start, 0.075)
            if start == before:  # no silence was found: a usual closure
                start = max(0.0, start - 0.03)
        step = (end - start) / len(parts)
        for i, part in enumerate(parts):
            marks.append([start + i * step, part])
    total = len(clip.samples) / clip.rate_hz
    marks.sort(key=lambda m: m[0])
    out = [[0.0, 0.0, PAUSE]]
    for start, part in marks:
        out[-1][1] = start
        if part == out[-1][2]:  # a joined pause or a double consonant
            continue
        out.append([start, start, part])
    out[-1][1] = total
    _give_release_away(out, clip.phone_set)
    return _without_slivers(out)


def _without_slivers(marks, shortest_pause_s=0.03):
    """What remains of a pause around a stop's closure belongs to the stop."""
    out = []
    start_of_next = None
    for start, end, part in marks:
        start = start if start_of_next is None else start_of_next
        start_of_next = None
        if end - start < (shortest_pause_s if part == PAUSE else 0.001):
            start_of_next = start
        else:
            out.append((start, end, part))
    if start_of_next is not None and out:
        out[-1] = (out[-1][0], marks[-1][1], out[-1][2])
    return out


def _give_release_away(marks, phone_set):
    for i, (start, end, part) in enumerate(marks[:-1]):
        if part in STOPS and part != "ʔ":
            share = _CLOSED_PART
            if phone_set == "ipa" and part in "ptkqcʈ":
                # closure found in the sound; the burst lasts about 15 ms
                share = min(1.0, max(0.4, 1 - 0.5 * (end - start - 0.06) / (end - start + 1e-6)))
            cut = start + share * (end - start)
            marks[i][1] = cut
            marks[i + 1][0] = cut


def is_closure(part):
    return SEGMENTS[part].close >= 0.9 and part != PAUSE
