#include "engines/ditto/emotion_track.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "engines/ditto/motion.h"

namespace ditto::reenact {

EmotionWeights blend(const EmotionShares& shares) {
    const double largest = *std::max_element(shares.begin(), shares.end());
    EmotionWeights weights{};
    float sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto present = static_cast<float>(shares[i] / largest);
        weights[i] = std::lerp(1.F, std::exp(8.F), present);
        sum += weights[i];
    }
    for (float& weight : weights)
        weight /= sum;
    return weights;
}

EmotionTrack::EmotionTrack(const EmotionTimeline& timeline) {
    for (const EmotionTimeline::Section& section : timeline.sections()) {
        const std::int64_t first_frame = std::llround(section.start_s * motion_fps);
        sections_.push_back({first_frame, blend(section.shares)});
    }
}

EmotionTrack EmotionTrack::repeating(std::vector<EmotionWeights> rows) {
    if (rows.empty()) throw Error(ErrorCode::internal, {}, "an emotion track without rows");
    EmotionTrack track(rows.front());
    track.rows_ = std::move(rows);
    return track;
}

const EmotionWeights& EmotionTrack::at(std::int64_t frame) const {
    frame = std::max<std::int64_t>(frame, 0);
    if (!rows_.empty()) return rows_[static_cast<std::size_t>(frame) % rows_.size()];
    const auto after = std::upper_bound(
        sections_.begin() + 1, sections_.end(), frame,
        [](std::int64_t value, const Section& section) { return value < section.first_frame; });
    return std::prev(after)->weights;
}

}  // namespace ditto::reenact
