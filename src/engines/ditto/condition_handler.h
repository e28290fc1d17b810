#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engines/ditto/emotion_track.h"
#include "engines/ditto/eye_info.h"
#include "engines/ditto/motion.h"

namespace ditto::reenact {

inline constexpr std::size_t feature_size = 1024;  // one HuBERT feature
/// What the diffusion model is told about one frame: feature 1024, emotion 8, eye openness 2,
/// gaze 6, canonical keypoints 63.
inline constexpr std::size_t condition_size =
    feature_size + std::tuple_size_v<EmotionWeights> + 2 + 6 + keypoint_count * 3;
static_assert(condition_size == 1103);

/// Puts together what the diffusion model is told. Method: Ditto,
/// core/atomic_components/condition_handler.py.
class ConditionHandler {
  public:
    /// `eyes`: one for each frame of the source, at least one; a video's are played forwards and
    /// backwards, or only the first is used where `eyes_of_first_frame` is set.
    ConditionHandler(EmotionTrack emotion, std::vector<EyeInfo> eyes, const Keypoints& canonical,
                     bool eyes_of_first_frame = false);

    /// `feature`: feature_size values. `frame` counts motion frames from the voice's beginning;
    /// negative ones (silence fed before it) count as 0. Writes condition_size values.
    void write(std::span<const float> feature, std::int64_t frame,
               std::span<float> condition) const;

  private:
    EmotionTrack emotion_;
    std::vector<EyeInfo> eyes_;
    Keypoints canonical_;
};

}  // namespace ditto::reenact
