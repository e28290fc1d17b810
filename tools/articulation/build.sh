#!/usr/bin/env bash
# Rebuilds models/articulation.onnx and the numbers its tests compare with:
#   sudo apt-get install --no-install-recommends $(grep -v '^#' tools/articulation/packages.debian)
#   tools/articulation/build.sh [WORK_FOLDER]
# One core: about 10 minutes for the speech, then STEPS and MORE_STEPS of 0.2 to 0.35 s. What is there
# already in the work
# folder is not made again. The sentences come from the installed gettext catalogues: on a machine
# with others the corpus, and so the weights, differ a little.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
work=$(realpath -m "${1:-$root/out/articulation}")
steps=${STEPS:-16000}
more_steps=${MORE_STEPS:-5500}
seed=${SEED:-1}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

mkdir -p "$work"
[[ -f $work/train.npz ]] || /usr/bin/python3 make_data.py "$work/train.npz" --seed "$seed"
[[ -f $work/held_out.npz ]] ||
    /usr/bin/python3 make_data.py "$work/held_out.npz" --held-out --seed "$seed"
[[ -f $work/first.pt ]] ||
    /usr/bin/python3 train.py "$work/train.npz" "$work/first.pt" --steps "$steps" --seed "$seed"
[[ -f $work/net.pt ]] ||
    /usr/bin/python3 train.py "$work/train.npz" "$work/net.pt" --start "$work/first.pt" \
        --steps "$more_steps" --rate 8e-4 --seed "$((seed + 1))"
/usr/bin/python3 evaluate.py "$work/net.pt" "$work/held_out.npz" --json "$work/held_out.json"
for noise in pink babble; do
    /usr/bin/python3 evaluate.py "$work/net.pt" "$work/held_out.npz" --noise $noise --noise-db 10
done
/usr/bin/python3 situations.py "$work/net.pt" "$work/held_out.npz"
/usr/bin/python3 export.py "$work/net.pt" "$root/models/articulation.onnx"
/usr/bin/python3 make_test_data.py "$work/net.pt" "$root/tests/data/articulation"
