#include "engines/ditto/silence_gate.h"

#include <algorithm>
#include <cmath>

#include "engines/ditto/speech_windows.h"

namespace ditto::reenact {
namespace {
constexpr double off_db = -100;
constexpr std::int64_t reach_frames = 2;  // that a voiced frame keeps the mouth free around it
constexpr float step = 1 / 5.F;
}  // namespace

SilenceGate::SilenceGate(double level_db)
    : threshold_(level_db <= off_db ? 0 : std::pow(10, level_db / 10)) {}

void SilenceGate::push(std::span<const float> samples) {
    if (threshold_ == 0) return;
    for (const float sample : samples) {
        sum_ += static_cast<double>(sample) * sample;
        if (++summed_ < samples_per_motion_frame) continue;
        if (sum_ / samples_per_motion_frame >= threshold_) voiced_ahead_.push_back(frames_);
        ++frames_;
        sum_ = 0;
        summed_ = 0;
    }
}

float SilenceGate::next() {
    if (threshold_ == 0) return 1;
    const auto passed = std::ranges::upper_bound(voiced_ahead_, next_ + reach_frames);
    if (passed != voiced_ahead_.begin()) {
        last_voiced_ = *std::prev(passed);
        voiced_ahead_.erase(voiced_ahead_.begin(), passed);
    }
    const bool voiced = last_voiced_ >= next_ - reach_frames;
    open_ = std::clamp(open_ + (voiced ? step : -step), 0.F, 1.F);
    ++next_;
    return open_;
}

}  // namespace ditto::reenact
