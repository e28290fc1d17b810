#!/usr/bin/env python3
"""Records the numbers that the parity tests of engines/ditto compare with.

    git clone https://github.com/antgroup/ditto-talkinghead REFERENCE
    apt-get install python3-numpy python3-opencv python3-scipy python3-skimage python3-torch
    tools/record_ditto_reference.py REFERENCE tests/data/ditto

Calls the functions of Ditto's own Python program without any network: where a network stands, a
formula takes its place, and the tests use the same one. Inputs that a formula can give are not
stored.
"""
import queue
import sys
import threading
import types
from pathlib import Path
from unittest import mock

import cv2
import numpy as np

reference = Path(sys.argv[1]).resolve()
target = Path(sys.argv[2])
sys.path.insert(0, str(reference))
for absent in ("librosa", "tqdm", "imageio", "filetype"):
    sys.modules[absent] = types.ModuleType(absent)
sys.modules["tqdm"].tqdm = mock.MagicMock()
sys.modules["core.utils.blend"] = types.SimpleNamespace(blend_images_cy=None)

from core.atomic_components import audio2motion as a2m  # noqa: E402
from core.atomic_components import avatar_registrar, condition_handler, motion_stitch  # noqa: E402
from core.atomic_components import putback, source2info, wav2feat  # noqa: E402
from core.aux_models import insightface_det, insightface_landmark106, landmark203  # noqa: E402
from core.models.lmdm import LMDM  # noqa: E402
from core.utils import crop as crop_utils  # noqa: E402
from core.utils import eye_info, get_mask  # noqa: E402
import stream_pipeline_offline  # noqa: E402
import stream_pipeline_online  # noqa: E402


def save(name, values):
    values = np.asarray(values)
    if values.dtype == np.float64:
        values = values.astype(np.float32)
    np.save(target / f"{name}.npy", np.ascontiguousarray(values))


def pattern(width, height):
    """A picture without smooth places."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [((x * 7 + y * 13 + c * 29) ^ ((x * y) >> 3)) & 255 for c in range(3)]
    return np.stack(planes, -1).astype(np.uint8)


def hills(width, height):
    """A picture as smooth as a photo's."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [np.rint(128 + 60 * np.sin(x / 5 + c) + 50 * np.cos(y / 7 - c)) for c in range(3)]
    return np.stack(planes, -1).astype(np.uint8)


def wave(count, seed):
    """Numbers between -1 and 1 in no order to speak of."""
    k = np.arange(count, dtype=np.float64)
    return np.sin(k * 12.9898 + seed * 78.233 + np.sin(k * 0.37)).astype(np.float32)


def motion_info(seed, scale=1.3):
    return {
        "scale": np.full((1, 1), scale, np.float32),
        "pitch": (wave(66, seed) * 4).reshape(1, 66),
        "yaw": (wave(66, seed + 1) * 4).reshape(1, 66),
        "roll": (wave(66, seed + 2) * 4).reshape(1, 66),
        "t": (wave(3, seed + 3) * 0.1).reshape(1, 3),
        "exp": (wave(63, seed + 4) * 0.05).reshape(1, 63),
        "kp": (wave(63, seed + 5) * 0.4).reshape(1, 63),
    }


def motion_of(seed):
    info = motion_info(seed)
    return a2m._cvt_LP_motion_info(info, "dic2arr", ignore_keys={"kp"})


def record_crops():
    angle = np.arange(203) * 2.399963
    radius = np.sqrt((np.arange(203) + 0.5) / 203)
    points = np.stack([170 + 55 * radius * np.cos(angle), 118 + 70 * radius * np.sin(angle)], -1)
    # Eyes above the mouth, the head tilted.
    for start, at in ((0, (-20, -15)), (24, (18, -24)), (48, (4, 30))):
        points[start:start + 24] = np.array([170, 118]) + at + wave(48, start).reshape(24, 2) * 6
    points = points.astype(np.float32)
    save("crop_points", points)
    photo = pattern(320, 240)
    maps = []
    for options in (
        dict(dsize=224, scale=1.5, vy_ratio=-0.1),
        dict(dsize=512, scale=2.3, vy_ratio=-0.125),
        dict(dsize=512, scale=2.3, vy_ratio=-0.125, flag_do_rot=False),
    ):
        maps.append(crop_utils.crop_image(photo, points, pt_crop_flag=False, **options)["M_c2o"])
    save("crop_maps", np.stack(maps))
    small = crop_utils.crop_image(photo, points, dsize=96, scale=2.3, vy_ratio=-0.125,
                                  pt_crop_flag=False)
    save("crop_small_map", small["M_o2c"])
    save("crop_small", small["img_crop"])
    save("crop_hills", crop_utils.crop_image(hills(320, 240), points, dsize=96, scale=2.3,
                                             vy_ratio=-0.125, pt_crop_flag=False)["img_crop"])
    save("crop_map_106", crop_utils.crop_image(photo, points[:106], dsize=224, scale=1.5,
                                               vy_ratio=-0.1, pt_crop_flag=False)["M_c2o"])
    save("resize_area", cv2.resize(pattern(64, 48), (32, 24), interpolation=cv2.INTER_AREA))
    save("resize_linear", cv2.resize(pattern(101, 67), (90, 60)))

    save("mask_corner", get_mask.get_mask(512, 512)[:40, :40, 0])
    save("mask_sparse", get_mask.get_mask(512, 512)[::13, ::13, 0])
    render = pattern(512, 512).astype(np.float32) * np.float32(0.997) + np.float32(0.2)
    result = putback.PutBackNumpy()(photo, render, maps[1])
    save("put_back", result[::3, ::3])


def insightface_outputs():
    """Stand for the detector's: some 150 boxes, all of different scores, many of which overlap."""
    scores, boxes, points, begin = [], [], [], 0
    for count in (8192, 2048, 512):
        n = np.arange(begin, begin + count, dtype=np.int64)
        begin += count
        rank = n * 7919 % 10753
        score = np.where(rank < 150, (rank + 201) / 400, rank / 40000)
        scores.append(score.astype(np.float32)[:, None])
        j = np.arange(4)
        boxes.append((((n[:, None] * 31 + j * 17) % 50) / 10 + 1).astype(np.float32))
        points.append(np.zeros((count, 10), np.float32))
    return scores + boxes + points


def average_face(count):
    """Stand for the landmarks': points in a disc around the middle, a quarter of the crop wide."""
    angle = np.arange(count) * 2.399963
    radius = 0.25 * np.sqrt((np.arange(count) + 0.5) / count)
    points = np.stack([radius * np.cos(angle) + 0.01, radius * np.sin(angle) - 0.02], -1)
    return points + wave(count * 2, 12).reshape(count, 2) * 0.03


def record_insightface():
    """The answers do not depend on the pictures, so neither do the numbers, but for their sizes."""

    def made(kind, **fields):
        model = kind.__new__(kind)
        model.model_type = "stub"
        if hasattr(model, "_init_vars"):
            model._init_vars()
        for name, value in fields.items():
            setattr(model, name, value)
        return model

    answers = insightface_outputs()
    finder = made(insightface_det.InsightFaceDet, _run_model=lambda blob: answers)
    landmarks = made(
        insightface_landmark106.Landmark106,
        _run_model=lambda blob: (average_face(106) * 2).astype(np.float32).reshape(1, 212))
    refined = made(
        landmark203.Landmark203, dsize=224,
        _run_model=lambda image: (average_face(203) + 0.5).astype(np.float32)[None])
    for name, width, height in (("wide", 700, 390), ("tall", 301, 640)):
        save(f"insightface_boxes_{name}", finder(np.zeros((height, width, 3), np.uint8))[0])
    photo = np.zeros((390, 700, 3), np.uint8)
    box = np.array([250.25, 90.5, 410.75, 300.125, 0.9], np.float32)
    save("insightface_106", landmarks(photo, box))
    info = made(source2info.Source2Info, insightface_det=finder, landmark106=landmarks,
                landmark203=refined)
    _, crop_to_photo, points = info._crop(photo)
    save("insightface_crop_map", crop_to_photo)
    save("insightface_203", points)


def record_source():
    points = (wave(478 * 3, 9).reshape(1, 478, 3) * 0.4 + 0.5).astype(np.float32)
    eyes = eye_info.EyeAttrUtilsByMP(points)
    save("eyes", np.concatenate([eyes.LR_open().reshape(-1), eyes.LR_ball_move().reshape(-1)]))

    infos = [motion_info(20 + 7 * i, 1 + 0.01 * i) for i in range(17)]
    smooth = avatar_registrar.smooth_x_s_info_lst(infos, smo_k=13)
    save("smooth_source", np.stack([np.concatenate([i[k].reshape(-1) for k in (
        "scale", "pitch", "yaw", "roll", "t", "exp", "kp")])[::5] for i in smooth]))
    info = motion_info(3)
    save("angles", np.concatenate([motion_stitch.bin66_to_degree(info[k])
                                   for k in ("pitch", "yaw", "roll")]))
    save("transformed", motion_stitch.transform_keypoint(info).reshape(-1))


def conditions(frames, emotion_rows, **options):
    info = {
        "x_s_info_lst": [motion_info(3)],
        "sc": wave(63, 5),
        "eye_open_lst": [wave(2, 60 + i).reshape(1, 2) for i in range(frames)],
        "eye_ball_lst": [wave(6, 70 + i).reshape(1, 6) for i in range(frames)],
    }
    emotion = emotion_rows
    handler = condition_handler.ConditionHandler()
    handler.setup(info, emotion, **options)
    return handler


def features(count):
    return wave(count * 1024, 8).reshape(count, 1024)


def record_conditions():
    save("emotions", np.stack([condition_handler._get_emo_avg(i) for i in (3, [3, 6], [0, 4, 7])]))
    rows = np.abs(wave(5 * 8, 80)).reshape(5, 8)
    handler = conditions(3, rows)
    save("conditions", np.concatenate([handler(features(9), 0), handler(features(9), -4)])[:, 1022:])
    first = conditions(3, 3, eye_f0_mode=True)
    save("conditions_first", first(features(9), 0)[:, 1022:])
    line = conditions(3, [[4]] * 3 + [[3, 6]] * 4 + [[5]] * 6)
    save("conditions_time_line", np.concatenate([line(features(9), 0), line(features(9), -4)])[:, 1022:])


def stub_denoise(x, first_frame, cond, time):
    """Stands for the diffusion network."""
    push = np.float32(time) / np.float32(1000) + cond[:, :, :1] * np.float32(0.3)
    start = np.tanh(x * np.float32(0.5) + first_frame[:, None] * np.float32(0.25) + push)
    noise = x * np.float32(0.8) - start * np.float32(0.3)
    return noise.astype(np.float32), start.astype(np.float32)


def sampler(draw):
    lmdm = LMDM.__new__(LMDM)
    lmdm.model_type = "stub"
    lmdm.seq_frames, lmdm.motion_feat_dim = 80, 265
    lmdm._one_step = lambda x, frame, cond, time: stub_denoise(x, frame, cond, int(time[0]))
    lmdm._init_np()
    return lmdm


class Draw:
    """Takes the place of np.random.randn: the n-th draw is a wave of seed n."""

    def __init__(self):
        self.count = 0

    def __call__(self, *shape):
        self.count += 1
        return wave(int(np.prod(shape)), 1000 + self.count).reshape(shape).astype(np.float64) * 1.4


def record_sampler():
    table = []
    for steps in (10, 37, 50, 100):
        lmdm = sampler(None)
        lmdm._setup_np(steps)
        for i in range(steps):
            time = int(lmdm.time_cond_list[i][0])
            last = i == steps - 1
            table.append([steps, time] + ([1, 0, 0] if last else [
                lmdm.alpha_next_sqrt_list[i], lmdm.c_list[i], lmdm.sigma_list[i]]))
    save("sampler_steps", np.array(table))
    all_times = []
    for steps in range(10, 101):
        lmdm = sampler(None)
        lmdm._setup_np(steps)
        all_times += [int(t[0]) for t in lmdm.time_cond_list]
    save("sampler_times", np.array(all_times, np.int32))
    for steps in (10, 50):
        with mock.patch("numpy.random.randn", Draw()):
            lmdm = sampler(None)
            lmdm._setup_np(steps)
            cond = conditions(1, 3)(features(80), 0)[None]
            result = lmdm._call_np(motion_of(3)[None], cond, steps)
            save(f"sampler_result_{steps}", result[0, ::9, ::7])


class Collect:
    """Takes the place of a queue."""

    def __init__(self):
        self.items = []

    def put(self, item, timeout=None):
        self.items.append(item)


def run_motion(module, count, online, overlap, **options):
    """Through the reference's own worker: features in, motions out."""
    motion = a2m.Audio2Motion.__new__(a2m.Audio2Motion)
    motion.lmdm = sampler(None)
    with mock.patch("numpy.random.randn", Draw()):
        motion.setup(motion_info(3), overlap_v2=overlap, sampling_timesteps=10, online_mode=online,
                     **options)
        sdk = module.StreamSDK.__new__(module.StreamSDK)
        sdk.audio2motion = motion
        sdk.condition_handler = conditions(3, np.abs(wave(5 * 8, 80)).reshape(5, 8))
        sdk.wav2feat = types.SimpleNamespace(feat_dim=1024)
        sdk.motion_stitch = types.SimpleNamespace()
        sdk.source_info_frames = 1
        sdk.ctrl_info = {}
        sdk.online_mode = online
        sdk.stop_event = threading.Event()
        sdk.audio2motion_queue = queue.Queue()
        sdk.motion_stitch_queue = Collect()
        every = features(count)
        if online:
            sdk.audio_feat = every[:overlap]
            sdk.cond_idx_start = -overlap
            for i in range(overlap, count, 5):
                sdk.audio2motion_queue.put(every[i:i + 5])
            sdk.audio2motion_queue.put(None)
            sdk._audio2motion_worker()
        else:
            sdk.audio2motion_queue.put(every)
            sdk._audio2motion_offline()
    rows = [a2m._cvt_LP_motion_info(item[1], "dic2arr", ignore_keys={"kp"})
            for item in sdk.motion_stitch_queue.items if item is not None]
    origin = getattr(sdk.motion_stitch, "d0", None)
    if origin is not None:
        rows.insert(0, a2m._cvt_LP_motion_info(origin, "dic2arr", ignore_keys={"kp"}))
    return np.stack(rows)[:, [0, 1, 66, 133, 201, 202, 203, 264]]


def record_motion():
    limits = np.stack([np.full(265, -0.6), np.full(265, 0.7)] * 2).astype(np.float32)
    keep = dict(fix_kp_cond=1, fix_kp_cond_dim=[0, 202])
    offline, online = stream_pipeline_offline, stream_pipeline_online
    save("motion_offline", run_motion(offline, 173, False, 10, v_min_max_for_clip=limits, **keep))
    save("motion_offline_70", run_motion(offline, 97, False, 70))
    save("motion_offline_short", run_motion(offline, 33, False, 10, fix_kp_cond=2, smo_k_d=5))
    save("motion_online_70", run_motion(online, 70 + 45, True, 70, v_min_max_for_clip=limits,
                                        **keep))
    save("motion_online_75", run_motion(online, 75 + 40, True, 75, **keep))


def stitch_case(draws=(), image=True, frames=40, source_frames=1, ctrl=None, wanted=None, **options):
    stitch = motion_stitch.MotionStitch.__new__(motion_stitch.MotionStitch)
    stitch.stitch_net = lambda x_s, x_d: x_d + np.float32(0.1) * (x_d - x_s)
    draws = iter(draws)
    with mock.patch("random.randint", lambda low, high: next(draws)):
        stitch.setup(N_d=frames, is_image_flag=image, x_s_info=motion_info(3), **options)
    result = []
    for i in range(frames):
        source = motion_info(3 + (11 * condition_handler._mirror_index(i, source_frames)))
        driven = a2m._cvt_LP_motion_info(motion_of(40 + i), "arr2dic")
        x_s, x_d = stitch(source, driven, **(ctrl(i) if ctrl else {}))
        result.append(np.concatenate([x_s.reshape(-1), x_d.reshape(-1)]))
    return np.stack(result)[wanted or slice(None, None, 3)]


def record_stitch():
    blink = (wave(15 * 63, 90) * 0.03).reshape(15, 63)
    pitch = {"delta_pitch": 2}
    save("stitch_plain", stitch_case(overall_ctrl_info=pitch))
    save("stitch_blink", stitch_case(draws=[4, 9, 6, 6], delta_eye_arr=blink, delta_eye_open_n=0,
                                     overall_ctrl_info=pitch))
    save("stitch_blink_list", stitch_case(delta_eye_arr=blink, delta_eye_open_n=[3, 5],
                                          flag_stitching=False))

    def fade(i):
        if i < 5:
            return {"fade_alpha": i / 5}
        if i >= 40 - 8:
            return {"fade_alpha": max((39 - i) / 7, 0)}
        return {}

    every = slice(0, None, 1)
    save("stitch_fade_first", stitch_case(fade_type="d0", ctrl=fade, wanted=every,
                                          overall_ctrl_info=pitch)[[0, 1, 3, 20, 33, 36, 39]])
    save("stitch_fade_source", stitch_case(fade_type="s", fade_out_keys=("exp", "t"), ctrl=fade,
                                           wanted=every)[[0, 1, 3, 20, 33, 36, 39]])
    save("stitch_silence", stitch_case(ctrl=lambda i: {"vad_alpha": 1 - (i % 5) / 5}))
    save("stitch_control", stitch_case(overall_ctrl_info={
        "delta_pitch": 2, "delta_yaw": -5, "alpha_pitch": 0.5, "alpha_roll": 0.6,
        "delta_exp": wave(63, 95).reshape(1, 63) * np.float32(0.01)}))
    save("stitch_video", stitch_case(image=False, source_frames=4, overall_ctrl_info=pitch))
    save("stitch_video_eyes", stitch_case(image=False, source_frames=4, drive_eye=True,
                                          relative_d=False))
    save("stitch_amounts", stitch_case(use_d_keys={"exp": 0.7, "pitch": 0.5, "t": 1}))
    save("stitch_character", stitch_case(ch_info={"x_s_info_lst": [motion_info(3, 1.6)]}))
    with mock.patch("random.randint", mock.Mock(side_effect=[20, 18, 9, 30, 11, 7, 14, 25, 16, 12])):
        save("blinks_random", np.array(motion_stitch._set_eye_blink_idx(200, 15, 0), np.int32))
    save("blinks_list", np.array(motion_stitch._set_eye_blink_idx(120, 15, [10, 20, 5]), np.int32))
    save("blinks_fixed", np.array(motion_stitch._set_eye_blink_idx(90, 4, 12), np.int32))


def stub_hubert(chunk):
    """Stands for HuBERT: each of 20 rows hears 400 samples."""
    rows = np.stack([chunk[320 * t:320 * t + 400] for t in range(20)]).astype(np.float64)
    weights = np.cos(np.arange(400)[:, None] * 0.01 * (1 + np.arange(1024)[None] % 7))
    return (rows @ weights / 400).astype(np.float32)


def record_features():
    hubert = wav2feat.Wav2FeatHubert.__new__(wav2feat.Wav2FeatHubert)
    hubert.hubert = stub_hubert
    for count in (16000, 20321, 700):
        voice = wave(count, 4) * np.float32(0.5)
        save(f"features_{count}", hubert.wav2feat(voice, 16000)[:, 1017:])
        padded = np.concatenate([np.zeros(3 * 640, np.float32), voice])
        online = []
        for i in range(0, len(padded), 3200):
            chunk = padded[i:i + 6480]
            online.append(hubert(np.pad(chunk, (0, 6480 - len(chunk)))))
        save(f"features_online_{count}", np.concatenate(online)[:, 1017:])


if __name__ == "__main__":
    target.mkdir(parents=True, exist_ok=True)
    record_crops()
    record_insightface()
    record_source()
    record_conditions()
    record_sampler()
    record_motion()
    record_stitch()
    record_features()
