"""A client as an integrator writes it: uploads a photo, asks for a video, polls until it is there.

Only what the guide promises is used. BASE says where the service is.
"""

import os
import sys
import time

import requests

BASE = os.environ.get("BASE", "http://localhost:8080")
POLL_SECONDS = 0.5


def upload_photo(path):
    with open(path, "rb") as f:
        response = requests.post(f"{BASE}/api/avatar/upload-photo", files={"file": f})
    response.raise_for_status()
    return response.json()


def generate(photo_id, audio_path):
    # Nothing but what is needed, and an emotion.
    body = {"photo_id": photo_id, "audio_path": audio_path, "emotion": 4}
    response = requests.post(f"{BASE}/api/avatar/generate", json=body)
    response.raise_for_status()
    return response.json()


def wait_for_video(job_id):
    last = 0
    while True:
        response = requests.get(f"{BASE}/api/avatar/job/{job_id}/status")
        response.raise_for_status()
        status = response.json()
        print(f"{status['status']}: {status['progress']}% - {status['message']}")
        assert status["progress"] >= last, "the progress went back"
        last = status["progress"]
        if status["status"] in ("completed", "failed"):
            return status
        assert status["status"] in ("pending", "processing"), status
        assert (status["video_url"], status["error"], status["duration"]) == (None,) * 3, status
        time.sleep(POLL_SECONDS)


def main():
    info = requests.get(f"{BASE}/api/avatar/system-info").json()
    print(f"GPU: {info['gpu_name']}, CUDA: {info['cuda_available']}")
    assert info["avatar_enabled"] is True

    photo = upload_photo("face.jpg")
    validation = photo["validation"]
    print(f"photo {photo['photo_id']}: {validation['message']}")
    assert validation["valid"] is True and validation["face_count"] == 1
    assert [type(number) for number in validation["face_bbox"]] == [int] * 4
    assert [type(number) for number in validation["image_size"]] == [int] * 2

    job = generate(photo["photo_id"], "./outputs/audio/slide_1.wav")
    assert job["status"] == "processing"
    status = wait_for_video(job["job_id"])
    if status["status"] == "failed":
        sys.exit(f"failed: {status['error']}")

    assert status["progress"] == 100 and isinstance(status["duration"], float)
    video = requests.get(BASE + status["video_url"])
    video.raise_for_status()
    print(f"{status['video_url']} after {status['duration']:.1f} s, {len(video.content)} bytes")
    assert video.headers["Content-Type"] == "video/mp4"

    # What cannot be used is refused with a sentence that can be shown.
    refused = requests.post(f"{BASE}/api/avatar/upload-photo", files={"file": b"no photo"})
    assert refused.status_code == 400, refused.text
    print(f"refused: {refused.json()['detail']}")


main()
