"""Recordings of people to train on: people.py NET.pt FOLDER OUT.npz [--held-out] [--seed 1].

sources.PEOPLE names recordings with their texts: Debian's, and those that build.sh fetched into FOLDER.
espeak-ng gives the phones of each text, forced_alignment.py their times by NET.pt, a network trained on
synthesisers. What does not fit its text is left out. Output as of make_data.py.
"""
import argparse
import functools
import glob
import gzip
import os
import re
import subprocess

import numpy as np

import features
import forced_alignment
import sources
import synth
from make_data import Corpus, assemble, augment
from segments import segments
from text import pinyin_of

COPIES = 2  # of each clip, as it is and as other speakers
_FITS = -2.2  # mean logarithm of the likelihood of what was said


def _announcements(path):
    """{recording: text} of a core-sounds-XX.txt.gz. Lines that lost their accents are left out, as are
    sounds without words."""
    out = {}
    with gzip.open(path, "rt", encoding="utf-8-sig") as f:
        for line in f:
            name, colon, text = line.partition(":")
            text = re.sub(r"\[.*?\]|\(.*?\)|\.\.+|…", " ", text).strip()
            if line.startswith(";") or not colon or not text or re.search(r"\?\w|\w\?\w|\w\?\s", text):
                continue
            out[name.strip()] = text
    return out


def _texts(path):
    """The formats of transcripts()."""
    name = os.path.basename(path)
    if name.endswith(".gz"):
        return _announcements(path)
    with open(path, encoding="utf-8") as f:
        if name.endswith(".csv"):
            lines = [line.rstrip("\n").split("|") for line in f]
            return {line[0]: line[-1] for line in lines}
        if name == "text" or name.endswith(".trans.txt"):
            # a word in capitals would be spelt
            lines = [line.strip().split(None, 1) for line in f]
            return {line[0]: line[1].lower() for line in lines}
        if name.endswith(".txt"):
            return {name[:-4]: f.read().strip()}
        if name.endswith(".data"):
            return dict(re.findall(r'^\( (\S+) "(.*)" \)$', f.read(), re.MULTILINE))
        return {m[2]: m[1] for m in re.finditer(r"(?:<s> )?(.*?) (?:</s> )?\((\S+)\)", f.read())}


def transcripts(paths):
    """{recording: text} of one file or several (with *): Debian's core-sounds-XX.txt.gz, a metadata.csv
    (recording|...|text), Kaldi's text and LibriSpeech's .trans.txt (recording text), a RECORDING.txt, Festvox's
    .data (( recording "text" )), a transcription of Sphinx's."""
    out = {}
    for path in sorted(glob.glob(paths)):
        out.update(_texts(path))
    return out


@functools.cache
def _sound_files(folder):
    """{recording: path}"""
    out = {}
    for root in glob.glob(folder):
        for place, _, names in os.walk(root):
            for path in (os.path.join(place, name) for name in names if not name.endswith(".txt")):
                out[os.path.splitext(os.path.relpath(path, root))[0]] = path
    return out


def sound_file(folder, recording):
    """Of one folder or of several (FOLDER/*), whatever its format; None where there is none."""
    return _sound_files(folder).get(recording)


def read(path):
    """16 kHz mono, float32 -1..1."""
    raw = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", path, "-ac", "1", "-ar", "16000",
                          "-f", "s16le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, "<i2").astype(np.float32) / 32768


def aligned(sound, text, voice, listener, espeak):
    """[(start_s, end_s, IPA)] of the recording, or None where text and sound do not fit; and how well they
    do."""
    if voice == "cmn-latn-pinyin":
        text = pinyin_of(text)
    said = segments(espeak.speak(text, voice))
    marks, fit = forced_alignment.align(listener(sound), [(e - s, p) for s, e, p in said])
    return (marks if len(marks) >= 5 and fit >= _FITS else None), fit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("net")
    parser.add_argument("folder")
    parser.add_argument("output")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    listener, espeak, corpus = forced_alignment.Listener(args.net), synth.Espeak(), Corpus()
    people = sources.PEOPLE_HELD_OUT if args.held_out else sources.PEOPLE
    for index, (name, place, texts, voice) in enumerate(people):
        rng = np.random.default_rng(args.seed * 1000 + index)
        kept = left_out = 0
        for recording, text in sorted(transcripts(os.path.join(args.folder, texts)).items()):
            path = sound_file(os.path.join(args.folder, place), recording)
            if not path:
                continue
            sound = read(path)
            if not 0.4 < len(sound) / features.RATE_HZ < 40:
                continue
            marks, fit = aligned(sound, text, voice, listener, espeak)
            if not marks:
                left_out += 1
                print("left out", recording, "%.2f" % fit, text[:60])
                continue
            kept += 1
            for copy in range(1 if args.held_out else COPIES):
                factor = 1.0 if copy == 0 else float(rng.uniform(0.82, 1.25))
                x, moved = assemble(sound, features.RATE_HZ, marks, factor, rng)
                if not args.held_out:
                    x = augment(x, moved, rng)
                corpus.add("people:" + name, x, moved, args.held_out)
        print("%s: %d recordings, %d left out, %.1f minutes in all" %
              (name, kept, left_out, corpus.minutes()), flush=True)
    corpus.save(args.output)


if __name__ == "__main__":
    main()
