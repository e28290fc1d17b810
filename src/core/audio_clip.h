#pragma once

#include <vector>

namespace ditto {

/// The rate at which every engine hears.
inline constexpr int engine_sample_rate_hz = 16000;

/// Mono sound, samples in [-1, 1].
struct AudioClip {
    std::vector<float> samples;
    int sample_rate_hz = engine_sample_rate_hz;

    double duration_s() const { return static_cast<double>(samples.size()) / sample_rate_hz; }
};

}  // namespace ditto
