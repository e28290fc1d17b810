#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "engines/ditto/clip_motion.h"
#include "engines/ditto/condition_handler.h"
#include "reference.h"

// The formulas that stand where a network would; the same as in tools/record_ditto_reference.py.
namespace ditto::reenact::stubs {

inline std::vector<EyeInfo> eyes(int frames) {
    std::vector<EyeInfo> result(static_cast<std::size_t>(frames));
    for (int i = 0; i < frames; ++i) {
        EyeInfo& info = result[static_cast<std::size_t>(i)];
        std::ranges::copy(reference::wave(2, 60 + i), info.open.begin());
        std::ranges::copy(reference::wave(6, 70 + i), info.ball.begin());
    }
    return result;
}

inline Keypoints canonical() {
    Keypoints result{};
    std::ranges::copy(reference::wave(63, 5), result.begin());
    return result;
}

/// Three frames of video and five rows of emotion.
inline ConditionHandler video_conditions() {
    const std::vector<float> values = reference::wave(5 * 8, 80);
    std::vector<EmotionWeights> rows(5);
    for (std::size_t i = 0; i < values.size(); ++i)
        rows[i / 8][i % 8] = std::abs(values[i]);
    return {EmotionTrack::repeating(rows), eyes(3), canonical()};
}

/// One step of the diffusion network.
inline Prediction denoise(std::span<const float> sample, std::span<const float> first_frame,
                          std::span<const float> conditions, std::int64_t time) {
    Prediction result{std::vector<float>(sample.size()), std::vector<float>(sample.size())};
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const float push =
            static_cast<float>(time) / 1000.F + conditions[i / motion_size * condition_size] * .3F;
        result.start[i] = std::tanh(sample[i] * .5F + first_frame[i % motion_size] * .25F + push);
        result.noise[i] = sample[i] * .8F - result.start[i] * .3F;
    }
    return result;
}

inline Denoise denoise_clip(std::span<const float> first_frame, std::span<const float> conditions) {
    return [=](std::span<const float> sample, std::int64_t time) {
        return denoise(sample, first_frame, conditions, time);
    };
}

/// HuBERT: 20 rows, each hears 400 samples.
inline std::vector<float> hubert(std::span<const float> window) {
    std::vector<float> rows(20 * feature_size);
    for (std::size_t t = 0; t < 20; ++t) {
        for (std::size_t c = 0; c < 7; ++c) {
            double sum = 0;
            for (std::size_t i = 0; i < 400; ++i) {
                sum += window[320 * t + i] *
                       std::cos(static_cast<double>(i) * .01 * static_cast<double>(1 + c));
            }
            for (std::size_t k = c; k < feature_size; k += 7)
                rows[t * feature_size + k] = static_cast<float>(sum / 400);
        }
    }
    return rows;
}

}  // namespace ditto::reenact::stubs
