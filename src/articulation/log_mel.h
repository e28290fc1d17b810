#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "articulation/power_spectrum.h"

namespace ditto {

/// Streaming log-mel spectrum of 16 kHz mono sound, one frame each 10 ms.
///
/// Frame i is centred at (i + 0.5) * 10 ms: a Hann window of 400 samples from 160 i - 120 on (zeros
/// before the first sample), FFT of 512, power, 48 triangular bands equally spaced on the HTK mel
/// scale (2595 log10(1 + f / 700)) from 60 to 7600 Hz, ln(power + 1e-7). The same numbers as
/// tools/articulation/features.py, with which the model was trained.
class LogMel {
  public:
    static constexpr int sample_rate_hz = 16000;
    static constexpr int bands = 48;
    static constexpr int hop = 160;
    /// ln(1e-7): what silence gives in every band.
    static const float quiet;

    LogMel();

    /// Appends the frames that `samples` complete to `frames` (`bands` values each).
    void push(std::span<const float> samples, std::vector<float>& frames);
    /// Appends the rest, zeros following the last sample: ceil(samples / hop) frames in all.
    void finish(std::vector<float>& frames);

  private:
    static constexpr int window_ = 400;
    /// Samples of the first window that lie before the sound.
    static constexpr int left_ = 120;

    struct Band {
        std::size_t first_bin = 0;
        std::vector<float> weights;
    };

    void add_frames(std::vector<float>& frames);

    std::vector<Band> filters_;
    std::array<float, window_> hann_{};
    PowerSpectrum spectrum_;
    std::vector<float> pending_;
    std::size_t samples_ = 0;
    std::size_t made_ = 0;
};

}  // namespace ditto
