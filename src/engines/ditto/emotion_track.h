#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/controls.h"

namespace ditto::reenact {

/// One weight for each Emotion; they sum to 1.
using EmotionWeights = std::array<float, emotion_names.size()>;

/// A blend of emotions as the network was trained with it: softmax over 8 where an emotion is
/// present and 0 where it is not. Empty gives equal weights.
EmotionWeights blend(std::span<const Emotion> emotions);

/// Which emotion is shown when.
class EmotionTrack {
  public:
    /// One blend throughout.
    explicit EmotionTrack(const EmotionWeights& weights) : sections_{{0, weights}} {}
    /// One row a frame, at 25 frames a second, from the beginning again after the last.
    /// Throws Error{internal} where there are no rows.
    static EmotionTrack repeating(std::vector<EmotionWeights> rows);
    /// A name or index ("happy", "3"), a blend ("happy+surprise") or a time line in seconds
    /// ("0:neutral,2.5:happy+surprise", each section lasts until the next begins).
    /// Throws Error{option_value} for the option `emotion`.
    static EmotionTrack parse(std::string_view text);

    /// At a frame, 25 a second; frames before the first count as the first.
    const EmotionWeights& at(std::int64_t frame) const;

  private:
    struct Section {
        std::int64_t first_frame;
        EmotionWeights weights;
    };
    std::vector<Section> sections_;
    std::vector<EmotionWeights> rows_;
};

}  // namespace ditto::reenact
