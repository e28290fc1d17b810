#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace ditto::reenact {

/// What the network predicts from a noisy sample; both as long as the sample.
struct Prediction {
    std::vector<float> noise;
    std::vector<float> start;
};
/// (sample, time step 0..999)
using Denoise = std::function<Prediction(std::span<const float>, std::int64_t)>;

/// noise = sample * sample_weight - start * start_weight, the noise that parts them at a time.
struct NoiseWeights {
    float sample_weight;
    float start_weight;
};
NoiseWeights noise_weights(std::int64_t time);

/// Denoising diffusion with eta = 1 (Song, Meng, Ermon, "Denoising Diffusion Implicit Models",
/// 2021) over 1000 steps with cosine betas, s = 0.008, at most 0.999 (Nichol, Dhariwal, "Improved
/// Denoising Diffusion Probabilistic Models", 2021); as Ditto, core/models/lmdm.py.
class DdimSampler {
  public:
    /// `steps`: 1..1000.
    explicit DdimSampler(int steps);

    /// Number of noises that sample() takes: one less than the steps.
    std::size_t noise_count() const { return steps_.size() - 1; }

    /// The time of each step, from the noisiest to the last.
    std::vector<std::int64_t> times() const;

    /// From `sample` (pure noise) to the predicted start. `noises`: noise_count() samples, added
    /// after each step but the last.
    std::vector<float> sample(std::vector<float> sample,
                              const std::vector<std::vector<float>>& noises,
                              const Denoise& denoise) const;

  private:
    struct Step {
        std::int64_t time;
        float start_weight;        // sqrt(alpha of the next step)
        float noise_weight;        // c
        float fresh_noise_weight;  // sigma
    };
    std::vector<Step> steps_;
};

}  // namespace ditto::reenact
