#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engines/ditto/blink_schedule.h"
#include "engines/ditto/motion.h"

namespace ditto::reenact {

/// Which parts of a motion follow the voice; 0 leaves a part as in the source. (use_d_keys)
struct DrivenParts {
    float expression = 1;
    float pitch = 1;
    float yaw = 1;
    float roll = 1;
    float translation = 1;
    float scale = 0;

    /// A video moves by itself: only the expression is driven.
    static DrivenParts for_video() { return {1, 0, 0, 0, 0, 0}; }
};

/// Which parts fade towards the beginning or the source. (fade_out_keys)
struct FadedParts {
    bool expression = true;
    bool pitch = false;
    bool yaw = false;
    bool roll = false;
    bool translation = false;
    bool scale = false;
};

/// What the motion fades to: nothing at all, the first frame, or the source.
enum class FadeTarget { none, first_frame, source };

struct StitchOptions {
    bool image_source = true;
    bool relative = true;  // motion counts from its first frame, on top of the source's
    std::optional<DrivenParts> driven;  // unset: all for a photo, the expression for a video
    std::optional<bool> drive_eyes;     // unset: for a photo
    FadeTarget fade_target = FadeTarget::first_frame;
    FadedParts faded;
    double motion_frames_per_frame = 1;  // 25 over the video's frame rate; blinks are timed by it
    int fade_in = 0;                     // frames
    int fade_out = 0;                    // frames
    double scale_ratio = 1;              // of a character's scale to the source's (ch_info)

    /// What is added to the eyes' expression in each frame of a blink. Empty: eyes as predicted.
    std::vector<Keypoints> blink;

    double pitch_offset_deg = 2;
    double yaw_offset_deg = 0;
    double roll_offset_deg = 0;
    double pitch_amount = 1;  // of the head's motion around the source's pose
    double yaw_amount = 1;
    double roll_amount = 1;
    Keypoints expression_offset{};
    double mouth_amount = 1;
    double gaze = 1;  // how far the eyes stay on the viewer when the head turns
    bool stitching = true;
    /// The reference's known defects; docs/ditto-differences.md lists them.
    bool reference_behaviour = false;
};

/// One frame to be stitched.
struct StitchInput {
    MotionVector motion{};
    std::int64_t frame = 0;               // from 0
    std::int64_t frames_after = endless;  // how many will follow
    float mouth_open = 1;                 // 0: silence, the mouth keeps the source's shape
};

struct StitchedKeypoints {
    Keypoints source;   // x_s
    Keypoints driving;  // x_d
};

/// (x_s, x_d) -> x_d
using Stitch = std::function<Keypoints(const Keypoints&, const Keypoints&)>;

/// From predicted motion to driving keypoints: relative to the first frame, on top of the source,
/// with blinks, gaze, offsets and fades. A map stage that counts frames.
/// Method: Ditto, core/atomic_components/motion_stitch.py.
class MotionStitch {
  public:
    /// `origin`: the motion that others are relative to.
    MotionStitch(const StitchOptions& options, const MotionInfo& first_source,
                 const MotionVector& origin, BlinkSchedule blinks, Stitch stitch);

    StitchedKeypoints operator()(const MotionInfo& source, const StitchInput& input);

  private:
    MotionInfo mixed(const MotionInfo& source, const MotionVector& motion) const;
    void fix_expression(const MotionInfo& source, int blink_frame, MotionInfo& driven) const;
    void close_mouth(const MotionInfo& source, float open, MotionInfo& driven) const;
    Pose controlled(const Pose& source, const MotionInfo& driven) const;
    void fade(const Pose& source, const StitchInput& input, Pose& pose) const;
    void fix_gaze(Pose& pose) const;

    StitchOptions options_;
    DrivenParts driven_;
    bool drive_eyes_;
    Pose first_source_;
    MotionInfo origin_;
    BlinkSchedule blinks_;
    Stitch stitch_;
    std::optional<Pose> first_pose_;
};

}  // namespace ditto::reenact
