#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/emotion.h"

namespace ditto::reenact {

/// One weight for each Emotion; they sum to 1.
using EmotionWeights = std::array<float, emotion_names.size()>;

/// A blend as the network was trained with it: softmax over 8 where an emotion is present and 0
/// where it is not (Ditto, condition_handler.py, _get_emo_avg). That knows no weights: with
/// unequal ones, the exponential of an emotion lies as far between absent and present as its share
/// is of the largest.
EmotionWeights blend(const EmotionShares& shares);

/// Which emotion is shown when.
class EmotionTrack {
  public:
    /// One blend throughout.
    explicit EmotionTrack(const EmotionWeights& weights) : sections_{{0, weights}} {}
    /// Each section from the frame nearest to its beginning on, without transition, as the
    /// reference's list of lists; the last one stays.
    explicit EmotionTrack(const EmotionTimeline& timeline);
    /// One row a frame, at 25 frames a second, from the beginning again after the last.
    /// Throws Error{internal} where there are no rows.
    static EmotionTrack repeating(std::vector<EmotionWeights> rows);

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
