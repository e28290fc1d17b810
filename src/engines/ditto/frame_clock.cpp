#include "engines/ditto/frame_clock.h"

#include <algorithm>
#include <cmath>

namespace ditto::reenact {

FrameClock::FrameClock(double fps, std::int64_t held)
    : motions_per_frame_(motion_fps / fps), held_(held) {}

std::vector<StitchInput> FrameClock::push(const MotionVector& motion, float mouth_open) {
    moments_.push_back({motion, mouth_open});
    // Frames that lie at or before the latest moment.
    const auto latest = static_cast<double>(begin_) + static_cast<double>(moments_.size()) - 1;
    const std::int64_t known =
        static_cast<std::int64_t>(std::floor(latest / motions_per_frame_ + 1e-9)) + 1;
    std::vector<StitchInput> result;
    for (; next_ < known - held_; ++next_) {
        result.push_back(at(next_));
        result.back().frames_after = held_ == 0 ? endless : known - 1 - next_;
    }
    forget();
    return result;
}

std::vector<StitchInput> FrameClock::finish(std::int64_t frames) {
    std::vector<StitchInput> result;
    for (; next_ < frames; ++next_) {
        result.push_back(at(next_));
        result.back().frames_after = held_ == 0 ? endless : frames - 1 - next_;
    }
    return result;
}

StitchInput FrameClock::at(std::int64_t frame) const {
    const double place = static_cast<double>(frame) * motions_per_frame_;
    const auto whole = static_cast<std::int64_t>(std::floor(place + 1e-9));
    const auto part = static_cast<float>(std::max(0., place - static_cast<double>(whole)));
    const auto moment = [&](std::int64_t number) -> const Moment& {
        const auto last = static_cast<std::int64_t>(moments_.size()) - 1;
        return moments_[static_cast<std::size_t>(
            std::clamp<std::int64_t>(number - begin_, 0, last))];
    };
    const Moment& before = moment(whole);
    StitchInput input;
    input.motion = before.motion;
    input.frame = frame;
    input.mouth_open = before.mouth_open;
    if (part < 1e-6F) return input;
    const Moment& after = moment(whole + 1);
    for (std::size_t i = 0; i < input.motion.size(); ++i)
        input.motion[i] += part * (after.motion[i] - before.motion[i]);
    input.mouth_open += part * (after.mouth_open - before.mouth_open);
    return input;
}

void FrameClock::forget() {
    const auto needed = static_cast<std::int64_t>(
        std::floor(static_cast<double>(next_) * motions_per_frame_ + 1e-9));
    // The last moment stays: a frame after it takes its motion.
    while (begin_ < needed && moments_.size() > 1) {
        moments_.pop_front();
        ++begin_;
    }
}

}  // namespace ditto::reenact
