#!/bin/sh
# Makes a video of each pair of a face and a voice, judges it, and prints one table.
#
#   tools/judge_set.sh OUT_FOLDER FACE=VOICE.wav...
#   tools/judge_set.sh out/judge                    the demo, with both faces and three voices
#
# A table NAME.phones.tsv beside NAME.wav is used. Voices with tables: the ones in OUT_FOLDER/clips,
# synthesised on first use by tools/articulation/make_clip.py (see docs/articulation.md).
set -eu
if [ $# -lt 1 ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
root=$(cd "$(dirname "$0")/.." && pwd)
program=$root/build/release/ditto-avatar
out=$1
shift
mkdir -p "$out"
if [ $# -eq 0 ]; then
    [ -d "$out/clips" ] || python3 "$root/tools/articulation/make_clip.py" --suite "$out/clips"
    set -- "$root/assets/presenter.jpg=$root/assets/demo_voice.wav" \
        "$root/assets/portrait.png=$root/assets/demo_voice.wav" \
        "$root/assets/presenter.jpg=$out/clips/mandarin.wav" \
        "$root/assets/portrait.png=$out/clips/german.wav" \
        "$root/assets/presenter.jpg=$out/clips/english_rms.wav"
fi

reports=
for pair in "$@"; do
    face=${pair%%=*}
    voice=${pair#*=}
    face_name=$(basename "$face")
    name=${face_name%.*}-$(basename "$voice" .wav)
    "$program" generate --photo "$face" --audio "$voice" --output "$out/$name.mp4" --engine mesh \
        --progress none --quiet
    phones=${voice%.wav}.phones.tsv
    if [ -f "$phones" ]; then
        set -- --phones "$phones"
    else
        set --
    fi
    "$program" judge "$out/$name.mp4" "$@" --photo "$face" --sheet "$out/$name.png" --json \
        >"$out/$name.json"
    reports="$reports $name"
done

cd "$out"
# shellcheck disable=SC2086 # the names are words
node -e '
const names = process.argv.slice(1);
const reports = names.map(n => JSON.parse(require("fs").readFileSync(n + ".json", "utf8")));
const row = cells => console.log("| " + cells.join(" | ") + " |");
row(["measure", ...names]);
row(["---", ...names.map(() => "---")]);
for (const key of Object.keys(reports[0])) {
    if (key === "passes" || key === "notes") continue;
    row([key, ...reports.map(r => (r[key] ?? "-") + (r.passes[key] === false ? " FAIL" : ""))]);
}' $reports
