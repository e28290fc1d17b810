"""Synthesises the corpus: make_data.py OUT.npz [--scale 1] [--held-out] [--seed 1].

Output arrays: mel_power float16 of ln(power + 1e-7) [frames, 48], curves uint8
(255 = 1) [frames / 2, 10], classes uint8 [frames / 2], offsets (in 50 Hz
frames, one more than there are clips), source (clip's index into names); held-out
ones also marks and samples (int16, 320 a frame).
"""
import argparse
import random
import sys
import time

import numpy as np

import features
import sources
import synth
import targets
import text
from dsp import band_pass, convolve, resample
from segments import segments
from tables import PAUSE


def _resample(samples, rate_hz, factor):
    """To 16 kHz; factor above 1 makes the voice faster, higher and smaller."""
    wanted = int(round(rate_hz * factor / 50)) * 50
    return resample(samples, wanted, features.RATE_HZ), wanted / rate_hz


def _room(samples, rng):
    """Exponentially decaying noise behind the direct sound."""
    seconds = rng.uniform(0.12, 0.55)
    n = int(seconds * features.RATE_HZ)
    tail = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / n)
    tail[:int(0.003 * features.RATE_HZ)] = 0
    tail *= rng.uniform(0.15, 0.7) / np.sqrt(np.sum(tail ** 2))
    return samples + convolve(samples, tail.astype(np.float32))


def _telephone(samples, rng):
    high = rng.uniform(3300, 5500)
    x = band_pass(samples, rng.uniform(80, 300), high, 4, features.RATE_HZ)
    peak = np.max(np.abs(x)) + 1e-9
    y = np.sign(x) * np.log1p(255 * np.abs(x) / peak) / np.log(256)
    y = np.round(y * 127) / 127
    return (np.sign(y) * (np.power(256.0, np.abs(y)) - 1) / 255 * peak).astype(np.float32)


def _breath(samples, start, end, rng):
    """Filtered noise in a long pause: breathing is not speaking."""
    length = end - start
    noise = rng.standard_normal(length)
    low = rng.uniform(300, 900)
    shaped = band_pass(noise, low, low * rng.uniform(3, 7), 2, features.RATE_HZ)
    level = np.sqrt(np.mean(samples ** 2)) * 10 ** (rng.uniform(-34, -20) / 20)
    shaped *= level / (np.sqrt(np.mean(shaped ** 2)) + 1e-9) * np.hanning(length) * 1.6
    samples[start:end] += shaped.astype(np.float32)


def assemble(samples, rate_hz, marks, factor, rng):
    """16 kHz samples with pauses around, and marks. factor: see _resample."""
    x, real = _resample(samples, rate_hz, factor)
    marks = [(s / real, e / real, p) for s, e, p in marks]
    x *= 0.08 / (np.sqrt(np.mean(x ** 2)) + 1e-9)
    lead, tail = rng.uniform(0.1, 0.7), rng.uniform(0.1, 0.9)
    lead = round(lead * features.RATE_HZ) / features.RATE_HZ
    x = np.concatenate([np.zeros(int(round(lead * features.RATE_HZ)), np.float32), x,
                        np.zeros(int(tail * features.RATE_HZ), np.float32)])
    total = len(x) / features.RATE_HZ
    marks = [(s + lead, e + lead, p) for s, e, p in marks]
    if marks[0][2] == PAUSE:
        marks[0] = (0.0, marks[0][1], PAUSE)
    else:
        marks.insert(0, (0.0, lead, PAUSE))
    if marks[-1][2] == PAUSE:
        marks[-1] = (marks[-1][0], total, PAUSE)
    else:
        marks.append((marks[-1][1], total, PAUSE))
    return x, marks


def _assembled(clip, factor, rng):
    """The same of a synthesiser's clip; None if it is bad."""
    marks = segments(clip)
    spoken = [m for m in marks if m[2] != PAUSE]
    if len(spoken) < 4 or spoken[-1][1] - spoken[0][0] > 14 or not np.std(clip.samples) > 1e-4:
        return None
    return assemble(clip.samples, clip.rate_hz, marks, factor, rng)


def augment(x, marks, rng):
    for start, end, part in marks:
        if part == PAUSE and end - start > 0.3 and rng.random() < 0.15:
            a = int((start + 0.04) * features.RATE_HZ)
            b = min(len(x), int((end - 0.04) * features.RATE_HZ))
            if b - a > 2000:
                _breath(x, a, b, rng)
    if rng.random() < 0.35:
        x = _room(x, rng)
    if rng.random() < 0.12:
        x = _telephone(x, rng)
    return x


class Corpus:
    def __init__(self):
        self.mel, self.curves, self.classes = [], [], []
        self.offsets, self.source, self.names = [0], [], []
        self.marks, self.samples = [], []  # of held-out clips only

    def add(self, name, x, marks, keep_marks):
        x = x[:len(x) // 320 * 320]
        frames = len(x) // 320
        if name not in self.names:
            self.names.append(name)
        self.mel.append(features.log_mel(x).astype(np.float16))
        self.curves.append(np.round(targets.curves(marks, frames) * 255).astype(np.uint8))
        self.classes.append(targets.classes(marks, frames))
        self.offsets.append(self.offsets[-1] + frames)
        self.source.append(self.names.index(name))
        if keep_marks:
            self.marks.append([(s, e, p) for s, e, p in marks])
            self.samples.append(np.round(np.clip(x, -1, 1) * 32767).astype(np.int16))

    def minutes(self):
        return self.offsets[-1] / 50 / 60

    def save(self, path):
        np.savez(path, mel=np.concatenate(self.mel), curves=np.concatenate(self.curves),
                 classes=np.concatenate(self.classes), offsets=np.array(self.offsets),
                 source=np.array(self.source), names=np.array(self.names),
                 marks=np.array(self.marks, dtype=object),
                 samples=np.concatenate(self.samples or [np.zeros(0, np.int16)]))


def _speak(system, voice, language, seconds, rng, espeak):
    """Yields clips until they are `seconds` long together."""
    done, tries = 0.0, 0
    while done < seconds and tries < 60:
        tries += 1
        count = 12
        lines = text.sentences(language, count, rng)
        if not lines:
            print("no text in", language, "for", voice, file=sys.stderr)
            return
        if system == "festival":
            clips = synth.festival(lines, voice, rng.uniform(0.85, 1.25))
        elif system == "flite":
            clips = (synth.flite(t, voice, rng.uniform(0.85, 1.25), rng.uniform(0.8, 1.3))
                     for t in lines)
        else:
            clips = (espeak.speak(t, voice, rng.randint(120, 220), rng.randint(20, 80),
                                  rng.randint(30, 80)) for t in lines)
        for clip in clips:
            yield clip
            done += len(clip.samples) / clip.rate_hz
            if done >= seconds:
                return


def _training(corpus, scale, seed, espeak):
    jobs = [(s, v, t, m, 3) for s, v, t, m in sources.NATURAL]
    rng = random.Random(seed)
    for voice, language, minutes in sources.ESPEAK:
        variants = rng.sample(sources.ESPEAK_VARIANTS, max(3, int(minutes * 2)) if minutes < 25 else 40)
        for variant in variants:
            jobs.append(("espeak", voice + ("+" + variant if variant else ""), language,
                         minutes / len(variants), 1))
    for index, (system, voice, language, minutes, copies) in enumerate(jobs):
        started = time.time()
        rng = random.Random(seed * 1000 + index)
        noise = np.random.default_rng(seed * 1000 + index)
        before = corpus.minutes()
        for clip in _speak(system, voice, language, minutes * 60 * scale, rng, espeak):
            for copy in range(copies):
                # the first copy keeps the voice, the others are 'new speakers'
                factor = 1.0 if copy == 0 else float(noise.uniform(0.84, 1.2))
                made = _assembled(clip, factor, noise)
                if made:
                    corpus.add(clip.voice.split("+")[0], augment(*made, noise), made[1], False)
        print("%-40s %6.1f min  %5.1f s" % (voice, corpus.minutes() - before,
                                          time.time() - started), flush=True)


def _held_out(corpus, scale, seed, espeak):
    for index, (name, system, voice, language, minutes) in enumerate(sources.HELD_OUT):
        rng = random.Random(seed * 1000 + 500 + index)
        noise = np.random.default_rng(seed * 1000 + 500 + index)
        voices = [voice]
        if voice.endswith("*"):
            voices = [voice[:-1] + v for v in sources.HELD_OUT_VARIANTS]
        for one in voices:
            for clip in _speak(system, one, language, minutes * 60 * scale / len(voices), rng,
                               espeak):
                made = _assembled(clip, 1.0, noise)
                if made:
                    corpus.add(name, *made, True)
        print(name, "%.1f min in all" % corpus.minutes(), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    corpus, espeak = Corpus(), synth.Espeak()
    (_held_out if args.held_out else _training)(corpus, args.scale, args.seed, espeak)
    corpus.save(args.output)
    print("%.1f minutes" % corpus.minutes())


if __name__ == "__main__":
    main()
