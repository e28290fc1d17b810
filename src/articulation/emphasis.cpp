#include "articulation/emphasis.h"

#include <algorithm>
#include <cmath>

#include "articulation/log_mel.h"

namespace ditto {
namespace {

constexpr float step_s = 0.02F;
/// Bands of about 300 to 4000 Hz.
constexpr std::size_t first_band = 6;
constexpr std::size_t last_band = 36;

/// Share of the way towards a new value within one step, for a time constant.
float towards(float time_constant_s) {
    return 1 - std::exp(-step_s / time_constant_s);
}

float smooth_step(float low, float high, float x) {
    const float t = std::clamp((x - low) / (high - low), 0.0F, 1.0F);
    return t * t * (3 - 2 * t);
}

}  // namespace

float Emphasis::next(std::span<const float> mel, float voice) {
    float power = 0;
    for (std::size_t at = 0; at < mel.size(); at += LogMel::bands)
        for (std::size_t b = first_band; b < last_band; ++b)
            power += std::exp(mel[at + b]);
    const float loudness_db = 10 * std::log10(power + 1e-6F);
    if (voice > 0.5F) {
        // The first half second of a voice sets the level quickly.
        const float share = towards(std::clamp(heard_s_, 0.1F, 4.0F));
        if (heard_s_ == 0) level_ = mean_ = loudness_db;
        level_ += towards(0.06F) * (loudness_db - level_);
        const float off = level_ - mean_;
        mean_ += share * off;
        variance_ += share * (std::min(off * off, 100.0F) - variance_);
        heard_s_ = std::min(heard_s_ + step_s, 4.0F);
    } else {
        level_ += towards(0.1F) * (mean_ - level_);
    }
    const float deviation = (level_ - mean_) / (std::sqrt(variance_) + 1.5F);
    const float wanted = voice * smooth_step(0.3F, 1.4F, deviation);
    value_ += towards(wanted > value_ ? 0.05F : 0.15F) * (wanted - value_);
    return value_;
}

}  // namespace ditto
