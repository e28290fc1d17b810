#!/usr/bin/env bash
# Configures a CMake preset where needed and builds targets of it.
#   scripts/build.sh PRESET JOBS TARGET...
set -euo pipefail
cd "$(dirname "$0")/.."

preset=$1
jobs=$2
shift 2
ninja=build/$preset/build.ninja
# The studio page joins the build once its packages are there.
if [[ ! -f $ninja || web/node_modules/.installed -nt $ninja ]]; then
    echo "Configuring ($preset) ..."
    cmake --preset "$preset" --log-level=NOTICE
fi
cmake --build "build/$preset" --parallel "$jobs" --target "$@"
