#!/usr/bin/env bash
# What the service costs: requests for a job's status in a second, and a job against the bare command
# with the same photo and voice, in turns. Prints a table in Markdown.
# Usage: scripts/bench_service.sh PROGRAM [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
rounds=${2:-3}
photo=assets/presenter.jpg
voice=assets/demo_voice.wav
requests=5000

work=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] && return
    kill -TERM "$server" 2> /dev/null || true
    wait "$server" || true
    server=
}
trap 'stop; rm -rf "$work"' EXIT
mkdir -p "$work/data/outputs"
cp "$voice" "$work/data/outputs/voice.wav"

# Sets `server` and `url`.
start() {
    rm -f "$work/said"  # what the one before said
    "$program" serve --port 0 --data "$work/data" --jobs 1 --judge off --log-format none \
        > "$work/said" &
    server=$!
    until url=$(grep -so "http://[0-9.:]*" "$work/said"); do sleep 0.05; done
}
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
cpu() { curl -s "$url/metrics" | awk '$1 == "process_cpu_seconds_total" {print $2}'; }
# Sets `job`; waits seldom, so that waiting costs nothing.
run_job() {
    job=$(curl -s "$url/api/avatar/generate" -d \
        "{\"photo_id\":\"$photo_id\",\"audio_path\":\"./outputs/voice.wav\",\"engine\":\"mesh\"}" |
        field job_id)
    while :; do
        curl -s "$url/api/avatar/job/$job" > "$work/status"
        case $(field status < "$work/status") in
            completed) break ;;
            failed) cat "$work/status" >&2; exit 1 ;;
        esac
        sleep 0.5
    done
}
# From the request to the finished file, in seconds.
job_seconds() {
    awk -v from="$(field created < "$work/status")" -v to="$(field finished < "$work/status")" \
        'BEGIN {print to - from}'
}

start
photo_id=$(curl -s -F "file=@$photo" "$url/api/avatar/upload-photo" | field photo_id)
stop

TIMEFORMAT='%R %U %S'
for ((round = 0; round < rounds; ++round)); do
    { time "$program" generate --photo "$photo" --audio "$voice" --engine mesh \
        --output "$work/bare.mp4" --progress none > "$work/out" 2>&1; } 2> "$work/time"
    awk '{print $1, $2 + $3}' "$work/time" >> "$work/bare"
    start
    # Models and avatar as the command has them: none yet. Then as a service has them.
    for kind in first next; do
        before=$(cpu)
        run_job
        awk -v s="$(job_seconds)" -v a="$before" -v b="$(cpu)" 'BEGIN {print s, b - a}' \
            >> "$work/$kind"
    done
    began=$(date +%s.%N)
    curl -s "$url/api/avatar/job/$job/status?[1-$requests]" > "$work/answers"
    awk -v a="$began" -v b="$(date +%s.%N)" -v n="$requests" 'BEGIN {print n / (b - a), 0}' \
        >> "$work/status_rate"
    stop
done

# Medians of a column.
median() { sort -g -k "$2,$2" "$work/$1" | awk -v c="$2" '{v[NR] = $c} END {print v[int((NR + 1) / 2)]}'; }
percent() { awk -v job="$1" -v bare="$2" 'BEGIN {printf "%.1f %%", 100 * (job / bare - 1)}'; }
echo "| service | |"
echo "|---|--:|"
printf '| status_requests_per_second | %.0f |\n' "$(median status_rate 1)"
printf '| command_s | %.3g |\n' "$(median bare 1)"
printf '| first_job_s | %.3g |\n' "$(median first 1)"
printf '| next_job_s | %.3g |\n' "$(median next 1)"
echo "| first_job_overhead | $(percent "$(median first 1)" "$(median bare 1)") |"
printf '| command_processor_s | %.3g |\n' "$(median bare 2)"
echo "| first_job_processor_overhead | $(percent "$(median first 2)" "$(median bare 2)") |"
echo "| next_job_processor_overhead | $(percent "$(median next 2)" "$(median bare 2)") |"
