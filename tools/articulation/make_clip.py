"""Writes a synthetic clip (WAV) and its phoneme timing (TSV).

    make_clip.py --voice flite:rms --text "Bob may buy a map." out/rms
    make_clip.py --demo assets/demo_voice
    make_clip.py --suite out/clips      # the voices used to judge lip-sync

The TSV has the columns start_s, end_s, phone; phone is an IPA segment, '_' a
pause. The interval of p, b and m is the time the lips are together.
Voices: espeak:<voice>, flite:<voice>, festival:<voice>.
"""
import argparse
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import synth  # noqa: E402
from dsp import resample, write_wav  # noqa: E402
from segments import segments  # noqa: E402
from tables import PAUSE  # noqa: E402

DEMO_VOICE = "festival:cmu_us_slt_arctic_hts"
DEMO_TEXT = ("Hello, and welcome!",
             "Give me one photo and a voice, and I will do the talking.",
             "No camera, no studio, no problem.",
             "Let's make people move!")

SUITE = {
    "english_rms": ("flite:rms", (
        "Good morning, my name is Robert.", "Please bring me a cup of coffee and the blue map.",
        "We would choose to move the boat before noon, but maybe Pam will show up.",
        "Five very brave women feel the same about it.")),
    "english_awb": ("flite:awb", (
        "The people in the room were happy to see him.", "You choose a book, I make the tea.",
        "Both of them came home by bus, before the storm.", "Who knew how much the moon would move?")),
    "mandarin": ("espeak:cmn-latn-pinyin", (
        "da4 jia1 hao3, wo3 shi4 ni3 de5 zhu3 bo1.", "mei3 tian1 dou1 you3 xin1 de5 xiao1 xi5.",
        "qing3 ba3 zhao4 pian4 he2 sheng1 yin1 gei3 wo3, bu2 yong4 she4 ying3 peng2.",
        "ming2 bai2 le5 ma5? wo3 men5 ma3 shang4 kai1 shi3 ba5.")),
    "german": ("espeak:de+f3", (
        "Guten Morgen, mein Name ist Bernd Baum.", "Bitte bringen Sie mir das blaue Buch und fünf Äpfel.",
        "Wir möchten heute über die Zukunft sprechen.", "Früh am Morgen kommen viele Menschen zum Bahnhof.")),
    "spanish": ("espeak:es+m3", (
        "Buenos días, me llamo Pablo y vivo en Madrid.", "Mi familia prepara una comida muy buena.",
        "Por favor, dame un poco de pan y un vaso de vino.", "Todo el mundo quiere ver la película nueva.")),
    "japanese": ("espeak:ja+f2", (
        "みなさん、こんにちは。", "わたしのなまえはまつもとです。", "きょうはあたらしいほんについてはなします。",
        "まいにちみずをのむのはとてもたいせつです。")),
}


def say(voice, texts, pause_s=0.45, lead_s=0.35, **options):
    """Sentences joined with real silence; edges of a sentence are trimmed."""
    system, name = voice.split(":", 1)
    if system == "espeak":
        espeak = synth.Espeak()
        clips = [espeak.speak(t, name, **options) for t in texts]
    elif system == "flite":
        clips = [synth.flite(t, name, **options) for t in texts]
    else:
        clips = synth.festival(list(texts), name, **options)
    rate_hz = clips[0].rate_hz
    samples, marks = [np.zeros(int(lead_s * rate_hz), np.float32)], []
    position = len(samples[0])
    for clip in clips:
        piece, found = _trimmed(clip)
        marks += [(s + position / rate_hz, e + position / rate_hz, p) for s, e, p in found]
        silence = np.zeros(int(pause_s * rate_hz), np.float32)
        samples += [piece, silence]
        position += len(piece) + len(silence)
    return np.concatenate(samples), rate_hz, _with_pauses(marks, position / rate_hz)


def _trimmed(clip, margin_s=0.03):
    found = segments(clip)
    spoken = [m for m in found if m[2] != PAUSE]
    first = max(0.0, spoken[0][0] - margin_s)
    last = min(len(clip.samples) / clip.rate_hz, spoken[-1][1] + margin_s)
    piece = clip.samples[int(first * clip.rate_hz):int(last * clip.rate_hz)].copy()
    fade = int(0.01 * clip.rate_hz)
    piece[:fade] *= np.linspace(0, 1, fade)
    piece[-fade:] *= np.linspace(1, 0, fade)
    inner = [(s - first, e - first, p) for s, e, p in found
             if spoken[0][0] <= s and e <= spoken[-1][1]]
    return piece, inner


def _with_pauses(marks, total_s):
    out, at = [], 0.0
    for start, end, part in marks:
        if start - at > 1e-4:
            out.append((at, start, PAUSE))
        out.append((start, end, part))
        at = end
    if total_s - at > 1e-4:
        out.append((at, total_s, PAUSE))
    return out


def write(prefix, samples, rate_hz, marks, out_rate_hz):
    samples = resample(samples, rate_hz, out_rate_hz)
    samples = 0.7 * samples / np.max(np.abs(samples))
    os.makedirs(os.path.dirname(os.path.abspath(prefix)), exist_ok=True)
    write_wav(prefix + ".wav", samples, out_rate_hz)
    with open(prefix + ".phones.tsv", "w", encoding="utf-8") as f:
        f.write("start_s\tend_s\tphone\n")
        for start, end, part in marks:
            f.write("%.4f\t%.4f\t%s\n" % (start, end, part))
    print("%s.wav: %.2f s at %d Hz" % (prefix, len(samples) / out_rate_hz, out_rate_hz))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice")
    parser.add_argument("--text", action="append", help="one sentence; repeat for more")
    parser.add_argument("--pause-s", type=float, default=0.45)
    parser.add_argument("--rate-hz", type=int, default=16000)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--suite", action="store_true")
    parser.add_argument("output", help="path without extension, a folder with --suite")
    args = parser.parse_args()
    if args.suite:
        for name, (voice, texts) in SUITE.items():
            write(os.path.join(args.output, name), *say(voice, texts), args.rate_hz)
    elif args.demo:
        write(args.output, *say(DEMO_VOICE, DEMO_TEXT, stretch=1.05), 24000)
    elif args.voice and args.text:
        write(args.output, *say(args.voice, args.text, args.pause_s), args.rate_hz)
    else:
        parser.error("give --voice and --text, --demo or --suite")


if __name__ == "__main__":
    main()
