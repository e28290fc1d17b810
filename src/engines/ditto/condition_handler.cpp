#include "engines/ditto/condition_handler.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace ditto::reenact {

ConditionHandler::ConditionHandler(EmotionTrack emotion, std::vector<EyeInfo> eyes,
                                   const Keypoints& canonical, bool eyes_of_first_frame)
    : emotion_(std::move(emotion)), eyes_(std::move(eyes)), canonical_(canonical) {
    if (eyes_.empty()) throw Error(ErrorCode::internal, {}, "a source without frames");
    if (eyes_of_first_frame) eyes_.resize(1);
}

void ConditionHandler::write(std::span<const float> feature, std::int64_t frame,
                             std::span<float> condition) const {
    if (feature.size() != feature_size || condition.size() != condition_size) {
        throw Error(ErrorCode::internal, {}, "a condition of the wrong size");
    }
    const auto index = static_cast<std::size_t>(std::max<std::int64_t>(frame, 0));
    const EyeInfo& eyes = eyes_[mirror_index(index, eyes_.size())];
    auto to = condition.begin();
    const auto append = [&](const auto& values) {
        to = std::copy(values.begin(), values.end(), to);
    };
    append(feature);
    append(emotion_.at(frame));
    append(eyes.open);
    append(eyes.ball);
    append(canonical_);
}

}  // namespace ditto::reenact
