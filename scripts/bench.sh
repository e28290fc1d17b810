#!/usr/bin/env bash
# Measures both engines, the service and downloads, and writes the table between the markers of docs/benchmarks.md.
# Usage: scripts/bench.sh PROGRAM [OPTION of "ditto-avatar bench" ...]
# Ditto is measured on checkpoints of the official sizes with random weights, kept under build/,
# where there are 4 GB of memory (the comparison keeps ONNX Runtime's networks too) and 3 GB of disk.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1
shift
checkpoints=build/bench_checkpoints
document=docs/benchmarks.md

free_kb=$(awk '/MemAvailable/{print $2}' /proc/meminfo)
disk_kb=$(df --output=avail -k build | tail -1)
options=(bench)
if [ -d "$checkpoints/ditto_onnx" ] || [ "$disk_kb" -gt 3000000 ]; then
    if [ "$free_kb" -gt 4000000 ]; then
        if [ ! -d "$checkpoints/ditto_onnx" ]; then
            "$program" models synthesize --size full --seed 1 --to "$checkpoints"
        fi
        options+=(--checkpoints "$checkpoints")
    fi
fi
pytorch="not compared: no Python here has PyTorch (python3-torch)"
for python in python3 /usr/bin/python3; do
    if version=$("$python" -c 'import torch; print(torch.__version__)' 2> /dev/null); then
        options+=(--pytorch "$python" tools/pytorch_networks.py)
        pytorch="$version of $(command -v "$python")"
        break
    fi
done
table=$(mktemp)
trap 'rm -f "$table"' EXIT
"$program" "${options[@]}" "$@" > "$table"
{ echo; scripts/bench_service.sh "$program"; } >> "$table"
downloads=$("$(dirname "$program")/download_bench" 512 5 | tail -n 1) ||
    echo "Downloads are slower than 70 % of curl's." >&2
printf '\n| PyTorch | %s |\n|---|--:|\n' "$pytorch" >> "$table"
{
    printf '\n| download of 512 MiB, loopback | |\n|---|--:|\n'
    tr -d '{}"' <<< "$downloads" | tr ',' '\n' | sed 's/\(.*\):\(.*\)/| \1 | \2 |/'
} >> "$table"
awk -v table="$table" -v load="$(cut -d" " -f1 /proc/loadavg)" '
    /<!-- bench: begin -->/ {
        print; print ""; print "Load of the machine at the end of the run: " load "."; print ""
        while ((getline line < table) > 0) print line
        print ""; inside = 1
    }
    /<!-- bench: end -->/ { inside = 0 }
    !inside && !/<!-- bench: begin -->/ { print }
' "$document" > "$table.md"
mv "$table.md" "$document"
cat "$table"
