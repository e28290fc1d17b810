#!/usr/bin/env bash
# Runs a client against a service of its own:  with_service.sh PROGRAM COMMAND...
# The client finds the address in BASE, a photo at face.jpg of its folder, and the voice of the
# guide, ./outputs/audio/slide_1.wav, in the service's data folder.
set -euo pipefail
assets=$(cd "$(dirname "$0")/../../assets" && pwd)
program=$1
shift

folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -r "$folder"' EXIT
mkdir -p "$folder/data/outputs/audio"
cp "$assets/demo_voice.wav" "$folder/data/outputs/audio/slide_1.wav"
cp "$assets/presenter.jpg" "$folder/face.jpg"
cd "$folder"

: >started  # there before it is read
"$program" serve --port 0 --data data --log-format none >started &
server=$!
for ((i = 0; i < 100; ++i)); do
    BASE=$(sed -n 's/.*Avatar service running on //p' started)
    [[ -z $BASE ]] || break
    sleep 0.1
done
[[ -n $BASE ]] || { echo 'The service did not start.' >&2; exit 1; }
export BASE
"$@"
