"""Speech with exact phoneme timing from the synthesisers that Debian ships.

Every function returns a Clip: mono float32 samples at rate_hz, and phones as
(start_s, end_s, symbol) in the synthesiser's own phone set. tables.py turns
the symbols into IPA segments.
"""
import ctypes
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np

from dsp import read_wav


@dataclass
class Clip:
    samples: np.ndarray  # float32, -1..1
    rate_hz: int
    phones: list  # (start_s, end_s, symbol)
    # 'ipa' (espeak), 'aligned' (IPA, stops with their closures), 'us', 'it', 'fi', 'ru', 'ca', 'cz', 'in'
    phone_set: str
    voice: str


# --------------------------------------------------------------------------
# espeak-ng through its library: the phoneme events carry the sample position.

_EVENT_WORD = 1
_EVENT_PHONEME = 7
_EVENT_LIST_TERMINATED = 0


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p),
                ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint),
                ("text_position", ctypes.c_int), ("length", ctypes.c_int),
                ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
                ("user_data", ctypes.c_void_p), ("id", _EventId)]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short),
                             ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """One instance a process: libespeak-ng keeps its state in globals. word_starts_s: where the phones of
    each word of the text said last begin."""

    RATE, PITCH, RANGE, VOLUME = 1, 3, 4, 2

    def __init__(self):
        self._lib = ctypes.CDLL("libespeak-ng.so.1")
        # AUDIO_OUTPUT_SYNCHRONOUS; PHONEME_EVENTS | PHONEME_IPA
        self.rate_hz = self._lib.espeak_Initialize(2, 0, None, 3)
        if self.rate_hz <= 0:
            raise RuntimeError("espeak-ng does not start")
        self._callback = _CALLBACK(self._on_chunk)
        self._lib.espeak_SetSynthCallback(self._callback)
        self._chunks, self._marks, self._words = [], [], []

    def _on_chunk(self, wav, count, events):
        if wav and count > 0:
            self._chunks.append(np.ctypeslib.as_array(wav, (count,)).copy())
        i = 0
        while events and events[i].type != _EVENT_LIST_TERMINATED:
            if events[i].type == _EVENT_PHONEME:
                # The 8 bytes may be unterminated.
                raw = ctypes.string_at(ctypes.addressof(events[i].id), 8)
                name = raw.split(b"\0")[0].decode("utf-8", "ignore")
                self._marks.append((events[i].sample, name))
            elif events[i].type == _EVENT_WORD:
                self._words.append(events[i].sample)
            i += 1
        return 0

    def speak(self, text, voice, speed_wpm=165, pitch=50, pitch_range=50):
        """voice: an espeak voice name, optionally with a variant, 'de+f3'."""
        self._chunks, self._marks, self._words = [], [], []
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError("espeak-ng has no voice " + voice)
        for parameter, value in ((self.RATE, speed_wpm), (self.PITCH, pitch),
                                 (self.RANGE, pitch_range)):
            self._lib.espeak_SetParameter(parameter, int(value), 0)
        data = text.encode("utf-8")
        # POS_CHARACTER, flags: UTF-8
        self._lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        self._lib.espeak_Synchronize()
        if not self._chunks:
            raise ValueError("espeak-ng said nothing")
        samples = np.concatenate(self._chunks).astype(np.float32) / 32768.0
        ends = [m[0] for m in self._marks[1:]] + [len(samples)]
        phones = [(s / self.rate_hz, e / self.rate_hz, n)
                  for (s, n), e in zip(self._marks, ends) if e > s]
        self.word_starts_s = [min((p[0] for p in phones), key=lambda s: abs(s - w / self.rate_hz))
                              for w in self._words] if phones else []
        return Clip(samples, self.rate_hz, phones, "ipa", "espeak:" + voice)


# --------------------------------------------------------------------------
# flite: '-psdur' prints 'phone:end_s'.

# Median lateness of the sound against flite's own labels, measured at the
# closures of p b m.
FLITE_LABEL_SHIFT_S = {"slt": 0.025, "rms": 0.015, "kal16": 0.005, "awb": 0.0}


def flite(text, voice, stretch=1.0, f0_shift=1.0):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "o.wav")
        out = subprocess.run(
            ["flite", "-voice", voice, "-psdur", "--setf",
             "duration_stretch=%.3f" % stretch, "--setf",
             "f0_shift=%.3f" % f0_shift, "-t", text, "-o", path],
            check=True, capture_output=True, text=True).stdout
        samples, rate_hz = read_wav(path)
    phones, start = [], 0.0
    shift = FLITE_LABEL_SHIFT_S.get(voice, 0.0)
    for name, end in re.findall(r"(\S+):([\d.]+)", out):
        end = float(end) + shift
        phones.append((start, end, name))
        start = end
    return Clip(samples, rate_hz, phones, "us", "flite:" + voice)


# --------------------------------------------------------------------------
# festival: a voice's name, the encoding of its text, its phone set.

FESTIVAL_VOICES = {
    "cmu_us_slt_arctic_hts": ("latin-1", "us"),
    "kal_diphone": ("latin-1", "us"),
    "ked_diphone": ("latin-1", "us"),
    "lp_diphone": ("latin-1", "it"),
    "pc_diphone": ("latin-1", "it"),
    "msu_ru_nsh_clunits": ("utf-8", "ru"),
    "suo_fi_lj_diphone": ("latin-1", "fi"),
    "hy_fi_mv_diphone": ("latin-1", "fi"),
    "upc_ca_ona_hts": ("latin-1", "ca"),
    "czech_dita": ("iso8859-2", "cz"),
    "czech_krb": ("iso8859-2", "cz"),
    "czech_machac": ("iso8859-2", "cz"),
    "czech_ph": ("iso8859-2", "cz"),
    "hindi_NSK_diphone": ("utf-8", "in"),
    "marathi_NSK_diphone": ("utf-8", "in"),
    "telugu_NSK_diphone": ("utf-8", "in"),
}


def festival(texts, voice, stretch=1.0):
    """Many sentences in one process: festival takes a second to start."""
    encoding, phone_set = FESTIVAL_VOICES[voice]
    clips = []
    with tempfile.TemporaryDirectory() as folder:
        lines = ["(voice_%s)" % voice,
                 "(Parameter.set 'Duration_Stretch %.3f)" % stretch]
        for i, text in enumerate(texts):
            text = text.replace("\\", " ").replace('"', " ")
            lines.append(
                '(unwind-protect (begin (set! u (utt.synth (Utterance Text "%s")))'
                '(utt.save.segs u "%s/%d.seg") (utt.save.wave u "%s/%d.wav" \'riff)) nil)'
                % (text, folder, i, folder, i))
        script = os.path.join(folder, "say.scm")
        with open(script, "wb") as f:
            f.write("\n".join(lines).encode(encoding, "ignore"))
        subprocess.run(["festival", "-b", script], capture_output=True,
                       timeout=60 + 10 * len(texts))
        for i in range(len(texts)):
            seg, wav = ("%s/%d.%s" % (folder, i, e) for e in ("seg", "wav"))
            if not (os.path.exists(seg) and os.path.exists(wav)):
                continue
            samples, rate_hz = read_wav(wav)
            phones, start = [], 0.0
            with open(seg, encoding="latin-1") as f:
                for line in f:
                    part = line.split()
                    if len(part) == 3:
                        phones.append((start, float(part[0]), part[2]))
                        start = float(part[0])
            clips.append(Clip(samples, rate_hz, phones, phone_set,
                              "festival:" + voice))
    return clips
