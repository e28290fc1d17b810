"""People to evaluate on: align_real.py OUT.npz NAME=FOLDER=TEXTS ...

English recordings whose words are known: TEXTS is a core-sounds-en.txt.gz of Asterisk's, a transcription
of Sphinx's or LJ Speech's metadata.csv. espeak-ng gives the phones, pocketsphinx's acoustic model their
times, so nothing of our own network is in them. Nothing of these recordings is trained on. Debian packages:
asterisk-core-sounds-en and -en-g722, pocketsphinx-testdata.
"""
import os
import sys
import tempfile

import numpy as np
import pocketsphinx

import people
import synth
from make_data import Corpus
from segments import segments

_MODEL = "/usr/share/pocketsphinx/model/en-us/en-us"
# Where its marks and curves that are known to be on time agree best.
_SHIFT_S = 0.015
# espeak-ng's phone: the acoustic model's; of several, which part of it each is.
_PHONES = {
    "ə": "AH", "ɐ": "AH", "ʌ": "AH", "ᵻ": "IH", "ɪ": "IH", "i": "IY", "iː": "IY", "ɛ": "EH", "æ": "AE",
    "ɑː": "AA", "ɔː": "AO", "ɔ": "AO", "oː": "AO", "ʊ": "UH", "uː": "UW", "ɚ": "ER", "ɜː": "ER",
    "eɪ": "EY", "aɪ": "AY", "aʊ": "AW", "oʊ": "OW", "ɔɪ": "OY",
    "ɔːɹ": "AO=ɔ R=ɹ", "oːɹ": "AO=ɔ R=ɹ", "ɑːɹ": "AA=ɑ R=ɹ", "ʊɹ": "UH=ʊ R=ɹ", "ɛɹ": "EH=ɛ R=ɹ",
    "ɪɹ": "IH=ɪ R=ɹ", "aɪə": "AY=aɪ AH=ə", "aɪɚ": "AY=aɪ ER=ɚ", "iə": "IY=i AH=ə", "əl": "AH=ə L=l",
    "n̩": "AH=ə N=n", "ɾ": "D", "ʔ": "T", "tʃ": "CH", "dʒ": "JH", "j": "Y", "ŋ": "NG", "θ": "TH", "ð": "DH",
    "ʃ": "SH", "ʒ": "ZH", "ɹ": "R", "h": "HH", "ɡ": "G", "n": "N", "t": "T", "s": "S", "k": "K", "d": "D",
    "l": "L", "p": "P", "m": "M", "f": "F", "z": "Z", "v": "V", "b": "B", "w": "W",
}


class Aligner:
    """Words of one phone each; a pause may stand between two of the text's words."""

    def __init__(self, folder):
        units = {}  # (acoustic phone, IPA): name in the grammar
        self._units = {}
        for phone, text in _PHONES.items():
            self._units[phone] = []
            for part in text.split():
                acoustic, _, ipa = part.partition("=")
                key = (acoustic, ipa or phone)
                units.setdefault(key, "u%d" % len(units))
                self._units[phone].append(units[key])
        self._ipa = {name: key[1] for key, name in units.items()}
        dictionary = os.path.join(folder, "units.dict")
        with open(dictionary, "w", encoding="utf-8") as f:
            f.writelines("%s %s\n" % (name, key[0]) for key, name in units.items())
            f.write("sil SIL\n")
        config = pocketsphinx.Decoder.default_config()
        config.set_string("-hmm", _MODEL)
        config.set_string("-dict", dictionary)
        config.set_string("-logfn", "/dev/null")
        # Removed silence would shift everything behind it.
        config.set_boolean("-remove_silence", False)
        self._decoder = pocketsphinx.Decoder(config)
        self._espeak = synth.Espeak()

    def __call__(self, sound, text, name):
        """A Clip; None where the text does not fit."""
        said = self._espeak.speak(text, "en-us")
        line, starts = [], set(self._espeak.word_starts_s)
        for start, _, phone in said.phones:
            if phone in ("", "_") or start in starts:
                if line and line[-1] != "[ sil ]":
                    line.append("[ sil ]")
            if phone not in ("", "_"):
                line += self._units[phone]
        if len(line) < 6:
            return None
        self._decoder.set_jsgf_string("line", "#JSGF V1.0; grammar g; public <line> = [ sil ] %s [ sil ];" %
                                      " ".join(line))
        self._decoder.set_search("line")
        self._decoder.start_utt()
        self._decoder.process_raw((sound * 32767).astype("<i2").tobytes(), False, True)
        self._decoder.end_utt()
        found = [(s.start_frame / 100, (s.end_frame + 1) / 100, self._ipa.get(s.word, "_"))
                 for s in self._decoder.seg() if s.word != "(NULL)"]
        if sum(p != "_" for _, _, p in found) != sum(w != "[ sil ]" for w in line):
            return None
        found = [(max(0, s + _SHIFT_S), e + _SHIFT_S, p) for s, e, p in found]
        return synth.Clip(sound, 16000, found, "aligned", "people:" + name)


def main():
    corpus = Corpus()
    with tempfile.TemporaryDirectory() as folder:
        align = Aligner(folder)
        for argument in sys.argv[2:]:
            name, place, texts = argument.split("=", 2)
            left_out = 0
            for recording, text in sorted(people.transcripts(texts).items()):
                path = people.sound_file(place, recording)
                sound = people.read(path) if path else []
                if not 1.5 < len(sound) / 16000 < 40:
                    continue
                # cut close to the voice: without this the rest before and after it would be no pause
                sound = np.pad(0.08 / (sound.std() + 1e-9) * sound, 4800)
                clip = align(sound, text, name)
                if clip is None:
                    left_out += 1
                    print("left out", recording, text[:70])
                    continue
                corpus.add(name, sound, segments(clip), True)
            print(name, "%d left out, %.1f minutes in all" % (left_out, corpus.minutes()), flush=True)
    corpus.save(sys.argv[1])


if __name__ == "__main__":
    main()
