#!/usr/bin/env bash
# The four calls of the guide for integrators, with curl. BASE says where the service is.
set -euo pipefail
BASE=${BASE:-http://localhost:8080}

# field NAME: its value in the JSON on stdin.
field() { sed -E 's/.*"'"$1"'": ?"?([^",}]*).*/\1/'; }
fail() {
    printf 'curl client: %s\n' "$*" >&2
    exit 1
}

# 1. What the service has.
info=$(curl -sf "$BASE/api/avatar/system-info")
for name in cuda_available gpu_name gpu_memory_total gpu_memory_available model_loaded \
    avatar_enabled; do
    [[ $info == *"\"$name\":"* ]] || fail "system-info lacks $name: $info"
done
[[ $(field model_loaded <<<"$info") == false ]] || fail "models were loaded before use: $info"

# 2. A photo.
photo=$(curl -sf -X POST "$BASE/api/avatar/upload-photo" -F "file=@face.jpg")
photo_id=$(field photo_id <<<"$photo")
[[ $(field message <<<"$photo") == 照片驗證通過 ]] || fail "upload-photo: $photo"
[[ $(field photo_url <<<"$photo") == "/uploads/avatar_$photo_id.jpg" ]] || fail "$photo"

# 3. A video of it.
job=$(curl -sf -X POST "$BASE/api/avatar/generate" -H "Content-Type: application/json" -d '{
    "photo_id": "'"$photo_id"'",
    "audio_path": "./outputs/audio/slide_1.wav",
    "emotion": 4,
    "crop_scale": 2.3,
    "sampling_steps": 50,
    "fade_in": 5,
    "fade_out": 5
}')
job_id=$(field job_id <<<"$job")
[[ $job == "{\"job_id\":\"$job_id\",\"status\":\"processing\"}" ]] || fail "generate: $job"

# 4. How far it is.
for ((i = 0; i < 600; ++i)); do
    status=$(curl -sf "$BASE/api/avatar/job/$job_id/status")
    case $(field status <<<"$status") in
        completed) break ;;
        failed) fail "$status" ;;
    esac
    sleep 0.2
done
[[ $(field progress <<<"$status") == 100 ]] || fail "not completed: $status"
[[ $(field video_url <<<"$status") == "/outputs/avatar_$job_id.mp4" ]] || fail "$status"
[[ $(field error <<<"$status") == null ]] || fail "$status"
curl -sf -o video.mp4 "$BASE$(field video_url <<<"$status")"
[[ $(head -c 8 video.mp4 | tail -c 4) == ftyp ]] || fail 'this is no MP4'

# What cannot be used is refused with a sentence.
printf 'no photo' >no.jpg
refused=$(curl -s -w ' %{http_code}' -X POST "$BASE/api/avatar/upload-photo" -F "file=@no.jpg")
[[ $refused == '{"detail":"'*'"} 400' ]] || fail "a broken photo: $refused"
echo "$status"
