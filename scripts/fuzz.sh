#!/usr/bin/env bash
# Runs every fuzz target for a while; a finding ends it with exit 1 and leaves the input in out/fuzz.
#   scripts/fuzz.sh FOLDER_OF_TARGETS SECONDS
set -euo pipefail
cd "$(dirname "$0")/.."

targets=$1
seconds=$2
for target in "$targets"/*; do
    [[ -f $target && -x $target ]] || continue
    name=$(basename "$target")
    corpus=out/fuzz/$name
    mkdir -p "$corpus"
    seeds=()
    [[ -d tests/data/fuzz/$name ]] && seeds=("tests/data/fuzz/$name")
    echo "== $name, $seconds s"
    "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="out/fuzz/$name-" "$corpus" "${seeds[@]}" 2>&1 | tail -n 12
done
