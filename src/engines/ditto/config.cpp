#include "engines/ditto/config.h"

#include <cmath>

namespace ditto::reenact {

CropOptions crop_options(const Config& config, const Controls& controls) {
    CropOptions options = config.crop;
    if (controls.crop_scale != Controls{}.crop_scale) options.scale = controls.crop_scale;
    // The reference forgets to pass the horizontal shift on.
    if (controls.reference_behaviour != 0) options.vx_ratio = 0;
    return options;
}

ClipOptions clip_options(const Config& config, const Controls& controls) {
    ClipOptions options = config.clips;
    options.streaming = options.streaming || controls.streaming != 0;
    if (options.streaming && !config.clips.streaming) {
        options.overlap = config.streaming_overlap;
        options.sampling_steps = config.streaming_steps;
    }
    if (controls.sampling_steps != Controls{}.sampling_steps) {
        options.sampling_steps = controls.sampling_steps;
    }
    return options;
}

StitchOptions stitch_options(const Config& config, const Controls& controls, bool is_photo) {
    StitchOptions options = config.stitch;
    options.image_source = is_photo;
    options.reference_behaviour = controls.reference_behaviour != 0;
    if (options.fade_target == FadeTarget::none && !options.reference_behaviour) {
        options.fade_target = FadeTarget::source;
    }
    options.motion_frames_per_frame = motion_fps / controls.fps;
    options.fade_in = controls.fade_in;
    options.fade_out = controls.fade_out;
    options.pitch_offset_deg += controls.pose_pitch;
    options.yaw_offset_deg += controls.pose_yaw;
    options.roll_offset_deg += controls.pose_roll;
    options.pitch_amount *= controls.head_motion;
    options.yaw_amount *= controls.head_motion;
    options.roll_amount *= controls.head_motion;
    if (controls.head_motion != 1 && is_photo && !options.reference_behaviour) {
        DrivenParts parts = options.driven.value_or(DrivenParts{});
        parts.translation *= static_cast<float>(controls.head_motion);
        options.driven = parts;
    }
    options.mouth_amount = controls.mouth_amount;
    options.gaze = controls.gaze;
    return options;
}

EmotionTrack emotion_track(const Config& config, const Controls& controls) {
    // In the reference the config's emotions override the user's; here they stand in only where
    // the user leaves the choice to the default.
    const bool chosen = controls.emotion != Controls{}.emotion;
    if (!config.emotion.empty() && (controls.reference_behaviour != 0 || !chosen)) {
        return EmotionTrack::repeating(config.emotion);
    }
    return EmotionTrack(controls.emotion);
}

OpenTime open_time(const Controls& controls) {
    // A quarter around the mean: 60 to 100 frames, as the reference, at 3.2 s.
    const double frames = controls.blink_interval * motion_fps;
    return {static_cast<int>(std::lround(frames * .75)),
            static_cast<int>(std::lround(frames * 1.25))};
}

}  // namespace ditto::reenact
