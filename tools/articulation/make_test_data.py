"""Numbers for tests/articulation: make_test_data.py NET.pt tests/data/articulation.

clip.s16 (16 kHz mono, little endian), clip.phones.tsv, and what Python makes of
it: clip.log_mel.tsv (every tenth frame), 25 frames per second as it comes
(clip.live.tsv) and as a recording (clip.recording.tsv).
"""
import os
import sys

import numpy as np

import evaluate
import features
import targets
from make_clip import say

VOICE = "flite:rms"
TEXT = ("Bob may buy a blue map.", "Five people move.")


def main():
    network, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    prefix = os.path.join(folder, "clip")
    samples, _, marks = say(VOICE, TEXT, pause_s=0.4, lead_s=0.2)
    samples = np.round(0.7 / np.max(np.abs(samples)) * samples * 32767).astype("<i2")
    samples = samples[:len(samples) // 640 * 640]
    samples.tofile(prefix + ".s16")
    mel = features.log_mel(samples.astype(np.float32) / 32768)
    video = {live: evaluate.load(network, live)(mel) for live in (True, False)}
    with open(prefix + ".phones.tsv", "w", encoding="utf-8") as f:
        f.write("start_s\tend_s\tphone\n")
        f.writelines("%.4f\t%.4f\t%s\n" % m for m in marks)
    np.savetxt(prefix + ".log_mel.tsv", mel[::10], fmt="%.4f", delimiter="\t")
    for live, name in ((True, "live"), (False, "recording")):
        np.savetxt("%s.%s.tsv" % (prefix, name), video[live], fmt="%.5f", delimiter="\t",
                   comments="", header="\t".join(targets.CURVES))


if __name__ == "__main__":
    main()
