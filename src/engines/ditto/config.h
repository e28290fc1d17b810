#pragma once

#include <optional>
#include <vector>

#include "engine/controls.h"
#include "engines/ditto/clip_motion.h"
#include "engines/ditto/emotion_track.h"
#include "engines/ditto/eye_info.h"
#include "engines/ditto/face_crop.h"
#include "engines/ditto/motion_stitch.h"

namespace ditto::reenact {

/// Somebody else's face as condition, in the photo's stead. (ch_info)
struct Character {
    MotionInfo motion;      // x_s_info_lst[0]
    Keypoints canonical{};  // sc
    std::vector<EyeInfo> eyes;
};

/// What a config file of the official repository says (default_kwargs); where there is none, its
/// published values.
struct Config {
    int max_size = 1920;       // pixels of the photo's longer side
    int template_frames = -1;  // of a video source; below 1: all (template_n_frames)
    CropOptions crop;
    int source_smoothing = 13;            // frames of a video source (smo_k_s)
    std::vector<EmotionWeights> emotion;  // rows, 25 a second; empty: none (emo)
    bool eyes_of_first_frame = false;     // (eye_f0_mode)
    std::optional<Character> character;
    ClipOptions clips;
    int streaming_overlap = 70;
    int streaming_steps = 10;
    /// Open times between blinks in frames; empty: drawn anew, -1: no blinks. (delta_eye_open_n)
    std::vector<int> open_frames;
    StitchOptions stitch;
};

/// What is set for one run: the config, and on top of it what the user asks for.
CropOptions crop_options(const Config& config, const Controls& controls);
ClipOptions clip_options(const Config& config, const Controls& controls);
StitchOptions stitch_options(const Config& config, const Controls& controls, bool is_photo);
EmotionTrack emotion_track(const Config& config, const Controls& controls);

/// Frames of 25 a second between two blinks: shortest and longest.
struct OpenTime {
    int shortest = 60;
    int longest = 100;
};
OpenTime open_time(const Controls& controls);

}  // namespace ditto::reenact
