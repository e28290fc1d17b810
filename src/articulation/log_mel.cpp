#include "articulation/log_mel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ditto {
namespace {

constexpr double lowest_hz = 60;
constexpr double highest_hz = 7600;
constexpr float floor_power = 1e-7F;

double mel_of(double hz) {
    return 2595 * std::log10(1 + hz / 700);
}

}  // namespace

const float LogMel::quiet = std::log(floor_power);

LogMel::LogMel() : pending_(left_, 0.0F) {
    for (int i = 0; i < window_; ++i) {
        const double phase = 2 * std::numbers::pi * i / window_;
        hann_[static_cast<std::size_t>(i)] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
    }
    const double low = mel_of(lowest_hz);
    const double step = (mel_of(highest_hz) - low) / (bands + 1);
    for (int b = 0; b < bands; ++b) {
        Band band;
        for (std::size_t bin = 0; bin < PowerSpectrum::bins; ++bin) {
            const double hz = double(bin) * sample_rate_hz / PowerSpectrum::samples;
            const double at = (mel_of(hz) - low) / step - b;
            const double weight = std::min(at, 2 - at);
            if (weight <= 0) continue;
            if (band.weights.empty()) band.first_bin = bin;
            band.weights.push_back(static_cast<float>(weight));
        }
        filters_.push_back(std::move(band));
    }
}

void LogMel::push(std::span<const float> samples, std::vector<float>& frames) {
    samples_ += samples.size();
    pending_.insert(pending_.end(), samples.begin(), samples.end());
    add_frames(frames);
}

void LogMel::finish(std::vector<float>& frames) {
    const std::size_t wanted = (samples_ + hop - 1) / hop;
    if (wanted == made_) return;
    pending_.resize((wanted - made_ - 1) * hop + window_, 0.0F);
    add_frames(frames);
}

void LogMel::add_frames(std::vector<float>& frames) {
    std::size_t start = 0;
    std::array<float, PowerSpectrum::samples> window{};
    std::array<float, PowerSpectrum::bins> spectrum;
    for (; start + window_ <= pending_.size(); start += hop, ++made_) {
        for (std::size_t i = 0; i < window_; ++i)
            window[i] = pending_[start + i] * hann_[i];
        spectrum_(window, spectrum);
        for (const Band& band : filters_) {
            float power = 0;
            for (std::size_t i = 0; i < band.weights.size(); ++i)
                power += band.weights[i] * spectrum[band.first_bin + i];
            frames.push_back(std::log(power + floor_power));
        }
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(start));
}

}  // namespace ditto
