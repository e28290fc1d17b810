#!/usr/bin/env bash
# Lays out all C++ source with clang-format 14; --check only names the files that differ, exit 1.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(command -v clang-format-14 || command -v clang-format) || {
    echo 'format: clang-format 14 is missing (Debian: clang-format-14).' >&2
    exit 1
}
version=$("$tool" --version)
[[ $version == *' 14.'* ]] || {
    echo "format: clang-format 14 is needed, this is: $version" >&2
    exit 1
}
options=(-i)
[[ ${1-} == --check ]] && options=(--dry-run -Werror)
folders=()
for folder in src tests tools bench fuzz; do
    [[ -d $folder ]] && folders+=("$folder")
done
find "${folders[@]}" \( -name '*.h' -o -name '*.cpp' \) -print0 |
    xargs -0 -r -n 40 -P 2 "$tool" "${options[@]}"
