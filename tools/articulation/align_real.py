"""Real speakers to evaluate on: align_real.py OUT.npz NAME=FOLDER_OR_FILE ...

English recordings (whatever ffmpeg decodes) are recognised by pocketsphinx and
aligned in a second pass over words of one phone each. Nothing of them is
trained on. Recognition errors stay in: the numbers are a lower bound.
Debian packages: python3-pocketsphinx pocketsphinx-en-us ffmpeg, recordings e.g.
of asterisk-core-sounds-en-g722.
"""
import glob
import os
import subprocess
import sys
import tempfile

import numpy as np
import pocketsphinx

import synth
from make_data import Corpus
from segments import segments

_MODEL = "/usr/share/pocketsphinx/model/en-us"
# Where its marks and curves that are known to be on time agree best.
_SHIFT_S = 0.015
_SILENT = ("SIL", "<sil>", "<s>", "</s>", "[NOISE]", "[SPEECH]", "[COUGH]", "(NULL)")


def _decoder(dictionary, **options):
    config = pocketsphinx.Decoder.default_config()
    config.set_string("-hmm", os.path.join(_MODEL, "en-us"))
    config.set_string("-dict", dictionary)
    config.set_string("-logfn", "/dev/null")
    # Removed silence would shift everything behind it.
    config.set_boolean("-remove_silence", False)
    for key, value in options.items():
        config.set_string("-" + key, value)
    return pocketsphinx.Decoder(config)


def _read(path):
    raw = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", path, "-ac", "1", "-ar", "16000",
                          "-f", "s16le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, "<i2")


def _decode(decoder, samples):
    decoder.start_utt()
    decoder.process_raw(samples.tobytes(), False, True)
    decoder.end_utt()
    return [(s.word, s.start_frame / 100, (s.end_frame + 1) / 100) for s in decoder.seg()]


def main():
    pronunciations = {}
    dictionary = os.path.join(_MODEL, "cmudict-en-us.dict")
    with open(dictionary, encoding="utf-8") as f:
        for line in f:
            word, *phones = line.split()
            pronunciations[word] = phones
    names = sorted({p for phones in pronunciations.values() for p in phones})
    words = _decoder(dictionary, lm=os.path.join(_MODEL, "en-us.lm.bin"))
    corpus = Corpus()
    with tempfile.TemporaryDirectory() as folder:
        small = os.path.join(folder, "phones.dict")
        with open(small, "w", encoding="utf-8") as f:
            f.writelines("ph_%s %s\n" % (p.lower(), p) for p in names)
            f.write("sil SIL\n")
        phones = _decoder(small)
        for argument in sys.argv[2:]:
            name, place = argument.split("=", 1)
            files = sorted(glob.glob(os.path.join(place, "**", "*.*"), recursive=True)) \
                if os.path.isdir(place) else [place]
            for path in files:
                _add(corpus, name, path, words, phones, pronunciations)
            print(name, "%.1f minutes in all" % corpus.minutes(), flush=True)
    corpus.save(sys.argv[1])


def _add(corpus, name, path, words, phones, pronunciations):
    if not path.endswith((".wav", ".g722", ".flac")):
        return
    samples = _read(path)
    if not 2.0 < len(samples) / 16000 < 40:
        return
    found = [w for w, _, _ in _decode(words, samples) if w in pronunciations]
    if len(found) < 3:
        return
    line = " [ sil ] ".join(" ".join("ph_" + p.lower() for p in pronunciations[w]) for w in found)
    phones.set_jsgf_string("line", "#JSGF V1.0; grammar g; public <line> = [ sil ] %s [ sil ];" % line)
    phones.set_search("line")
    marks = [(max(0, s + _SHIFT_S), e + _SHIFT_S,
              "pau" if w in _SILENT or w == "sil" else w.replace("ph_", ""))
             for w, s, e in _decode(phones, samples)]
    if sum(m[2] != "pau" for m in marks) < 5:
        return
    sound = samples.astype(np.float32) / 32768
    sound *= 0.08 / (np.sqrt(np.mean(sound ** 2)) + 1e-9)
    clip = synth.Clip(sound, 16000, marks, "us", "real:" + name)
    corpus.add(name, sound, segments(clip), True)


if __name__ == "__main__":
    main()
