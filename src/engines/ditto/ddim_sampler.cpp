#include "engines/ditto/ddim_sampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"

namespace ditto::reenact {
namespace {

constexpr int training_steps = 1000;

/// Products of (1 - beta). The reference keeps betas and products in 32 bits.
std::vector<float> cumulative_alphas() {
    constexpr double cosine_s = 8e-3;
    const auto alpha = [](int step) {
        const double at = (static_cast<double>(step) / training_steps + cosine_s) / (1 + cosine_s);
        const double cosine = std::cos(at * std::numbers::pi / 2);
        return cosine * cosine;
    };
    std::vector<float> alphas;
    double product = 1;
    for (int step = 0; step < training_steps; ++step) {
        const auto beta =
            static_cast<float>(std::clamp(1 - alpha(step + 1) / alpha(step), 0., .999));
        product *= 1.F - beta;
        alphas.push_back(static_cast<float>(product));
    }
    return alphas;
}

/// -1 .. 999 in equal parts, cut to whole numbers, from the last to the first.
std::vector<int> schedule_times(int steps) {
    std::vector<int> result;
    for (int i = steps; i >= 0; --i)
        result.push_back(training_steps * i / steps - 1);
    return result;
}

}  // namespace

NoiseWeights noise_weights(std::int64_t time) {
    const float alpha = cumulative_alphas().at(static_cast<std::size_t>(time));
    return {std::sqrt(1 / (1 - alpha)), 1 / std::sqrt(1 / alpha - 1)};
}

DdimSampler::DdimSampler(int steps) {
    if (steps < 1 || steps > training_steps) {
        throw Error(ErrorCode::internal, {}, "number of diffusion steps");
    }
    const std::vector<float> alphas = cumulative_alphas();
    const std::vector<int> schedule = schedule_times(steps);
    for (std::size_t i = 0; i + 1 < schedule.size(); ++i) {
        const int time = schedule[i];
        const int next = schedule[i + 1];
        Step step{time, 1, 0, 0};
        if (next >= 0) {
            const float alpha = alphas[static_cast<std::size_t>(time)];
            const float alpha_next = alphas[static_cast<std::size_t>(next)];
            const float sigma =
                std::sqrt((1 - alpha / alpha_next) * (1 - alpha_next) / (1 - alpha));
            step.start_weight = std::sqrt(alpha_next);
            step.fresh_noise_weight = sigma;
            step.noise_weight = std::sqrt(std::max(0.F, 1 - alpha_next - sigma * sigma));
        }
        steps_.push_back(step);
    }
}

std::vector<std::int64_t> DdimSampler::times() const {
    std::vector<std::int64_t> result;
    for (const Step& step : steps_)
        result.push_back(step.time);
    return result;
}

std::vector<float> DdimSampler::sample(std::vector<float> sample,
                                       const std::vector<std::vector<float>>& noises,
                                       const Denoise& denoise) const {
    if (noises.size() != noise_count()) {
        throw Error(ErrorCode::internal, {}, "number of diffusion noises");
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const Step& step = steps_[i];
        Prediction predicted = denoise(sample, step.time);
        if (predicted.start.size() != sample.size() || predicted.noise.size() != sample.size()) {
            throw Error(ErrorCode::internal, {}, "size of a diffusion step's result");
        }
        if (i == noises.size()) return std::move(predicted.start);
        for (std::size_t k = 0; k < sample.size(); ++k) {
            sample[k] = predicted.start[k] * step.start_weight +
                        predicted.noise[k] * step.noise_weight +
                        noises[i][k] * step.fresh_noise_weight;
        }
    }
    return sample;
}

}  // namespace ditto::reenact
