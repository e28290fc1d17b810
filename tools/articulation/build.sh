#!/usr/bin/env bash
# Rebuilds models/articulation.onnx and the numbers its tests compare with:
#   sudo apt-get install --no-install-recommends $(grep -v '^#' tools/articulation/packages.debian)
#   tools/articulation/build.sh [WORK_FOLDER]
# One core: about 15 minutes for the speech, then SYNTHETIC_STEPS and STEPS of 0.2 to 0.35 s; a GPU that PyTorch
# can use takes the steps. What is there already in the work folder is not made again. The sentences
# come from the installed gettext catalogues: on a machine with others the corpus, and so the weights,
# differ a little.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
work=$(realpath -m "${1:-$root/out/articulation}")
synthetic_steps=${SYNTHETIC_STEPS:-16000}
steps=${STEPS:-12000}
seed=${SEED:-1}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
python=/usr/bin/python3

mkdir -p "$work"
[[ -f $work/train.npz ]] || $python make_data.py "$work/train.npz" --seed "$seed"
[[ -f $work/held_out.npz ]] || $python make_data.py "$work/held_out.npz" --held-out --seed "$seed"
# Synthesisers say when they say what. What they taught finds it in recordings of people.
[[ -f $work/synthetic.pt ]] ||
    $python train.py "$work/synthetic.pt" "$work/train.npz" --steps "$synthetic_steps" --seed "$seed"
[[ -f $work/people.npz ]] ||
    $python people.py "$work/synthetic.pt" "$work/people.npz" --seed "$seed"
[[ -f $work/net.pt ]] ||
    $python train.py "$work/net.pt" "$work/train.npz" "$work/people.npz" --start "$work/synthetic.pt" \
        --steps "$steps" --rate 1e-3 --seed "$((seed + 1))"
[[ -f $work/real.npz ]] || {
    sphinx=/usr/share/pocketsphinx/test/data
    $python align_real.py "$work/real.npz" \
        librivox=$sphinx/librivox=$sphinx/librivox/transcription \
        cards=$sphinx/cards=$sphinx/cards/cards.transcription \
        allison=/usr/share/asterisk/sounds/en_US_f_Allison=/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz
}
$python evaluate.py "$work/net.pt" "$work/held_out.npz" --json "$work/held_out.json"
for noise in pink babble; do
    $python evaluate.py "$work/net.pt" "$work/held_out.npz" --noise $noise --noise-db 10
done
$python evaluate.py "$work/net.pt" "$work/real.npz"
$python situations.py "$work/net.pt" "$work/held_out.npz"
$python export.py "$work/net.pt" "$root/models/articulation.onnx"
$python make_test_data.py "$work/net.pt" "$root/tests/data/articulation"
