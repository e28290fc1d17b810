#!/usr/bin/env bash
# Rebuilds models/articulation.onnx and the numbers its tests compare with:
#   sudo apt-get install --no-install-recommends $(grep -v '^#' tools/articulation/packages.debian)
#   tools/articulation/build.sh [WORK_FOLDER]
# One core: about 15 minutes for the speech, 60 for the times of people's, then SYNTHETIC_STEPS and STEPS of 0.45 s
# (AVX-512 with bfloat16; three times as long with AVX2): by default under two hours; the shipped weights took
# more (docs/articulation.md). A GPU that PyTorch can use takes the steps. What is there already in the work folder
# is not made again. The sentences come from the installed gettext catalogues: on a machine
# with others the corpus, and so the weights, differ a little. LJ_SPEECH=FOLDER, with the LJ Speech dataset
# (keithito.com/LJ-Speech-Dataset, public domain, 2.6 GB), evaluates its first three chapters as well.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
work=$(realpath -m "${1:-$root/out/articulation}")
synthetic_steps=${SYNTHETIC_STEPS:-7000}
steps=${STEPS:-7500}
seed=${SEED:-1}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
python=/usr/bin/python3

mkdir -p "$work/people"
# Recordings of people that may be used so (NOTICE), 3 GB and their history
while read -r name repository commit; do
    folder=$work/people/$name
    [[ -d $folder/.git ]] || {
        git init -q "$folder.part"
        git -C "$folder.part" fetch -q --depth 1 "https://github.com/$repository" "$commit"
        git -C "$folder.part" checkout -q FETCH_HEAD
        mv "$folder.part" "$folder"
    }
done << 'END'
kathleen rhasspy/dataset-voice-kathleen c51cb971036a127359b43c621f26ca5081eab13e
nathalie rhasspy/dataset-voice-nathalie 3b3e91f39d13e2e681d8937575efb9bd3b3d8f5c
flemishguy rhasspy/dataset-voice-flemishguy 2576e9c8e5b6eec92e45010b5ede87c4f836f21e
kerstin rhasspy/dataset-voice-kerstin f73127135cf80d6ef52aef6af58c49774f4fd625
speechocean762 jimbozhang/speechocean762 613968e3b0b789fc33936fb5eba1973176ba7d11
arctic andabi/deep-voice-conversion 983c275d669e8f6c935b08582063f8aaaecff48e
arctic_texts synesthesiam/voice-recorder 9230784f00426d0e4a13e5630d981bff6f99138c
librispeech Jenny-Smolensky/LibriSpeechFilesParser ffd91057493367281266af400119f64ab4cd81ab
aishell QianZ423/kaldi-asr-aishell-sample 4e69bf1a29621515d4a21ef6c2458335e6f86e24
END
# AISHELL-1 (Apache-2.0) is the utterances 121 to 495 of a speaker.
for file in "$work"/people/aishell/AISHELL_Sample_data/BAC009S*W*; do
    utterance=${file##*W}
    utterance=$((10#${utterance%.*}))
    ((utterance >= 121 && utterance <= 495)) || rm "$file"
done
[[ -f $work/train.npz ]] || $python make_data.py "$work/train.npz" --seed "$seed"
[[ -f $work/held_out.npz ]] || $python make_data.py "$work/held_out.npz" --held-out --seed "$seed"
# Synthesisers say when they say what. What they taught finds it in recordings of people.
[[ -f $work/synthetic.pt ]] ||
    $python train.py "$work/synthetic.pt" "$work/train.npz" --steps "$synthetic_steps" --seed "$seed"
[[ -f $work/people.npz ]] ||
    $python people.py "$work/synthetic.pt" "$work/people" "$work/people.npz" --seed "$seed"
[[ -f $work/net.pt ]] ||
    $python train.py "$work/net.pt" "$work/train.npz" "$work/people.npz" --start "$work/synthetic.pt" \
        --steps "$steps" --rate 1e-3 --seed "$((seed + 1))"
[[ -f $work/real.npz ]] || {
    [[ -z ${LJ_SPEECH:-} ]] || grep '^LJ00[1-3]' "$LJ_SPEECH/metadata.csv" > "$work/lj.csv"
    sphinx=/usr/share/pocketsphinx/test/data
    $python align_real.py "$work/real.npz" \
        librivox=$sphinx/librivox=$sphinx/librivox/transcription \
        cards=$sphinx/cards=$sphinx/cards/cards.transcription \
        allison=/usr/share/asterisk/sounds/en_US_f_Allison=/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz \
        ${LJ_SPEECH:+"lj=$LJ_SPEECH/wavs=$work/lj.csv"}
}
[[ -f $work/unheard.npz ]] ||
    $python people.py "$work/synthetic.pt" "$work/people" "$work/unheard.npz" --held-out
$python evaluate.py "$work/net.pt" "$work/held_out.npz" --json "$work/held_out.json"
for noise in pink babble; do
    $python evaluate.py "$work/net.pt" "$work/held_out.npz" --noise $noise --noise-db 10
done
for people in real unheard; do
    $python evaluate.py "$work/net.pt" "$work/$people.npz"
done
$python situations.py "$work/net.pt" "$work/held_out.npz"
$python export.py "$work/net.pt" "$root/models/articulation.onnx"
$python make_test_data.py "$work/net.pt" "$root/tests/data/articulation"
