#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "denoiser/motion_network.h"

namespace ditto::denoiser {

/// One clip on its way from noise to motion.
///
///     MotionClip clip(network, schedule, last_motion, condition, 2);
///     for (std::size_t step = 0; step < schedule.times.size(); ++step)
///         clip.predict(step, sample, start), ...
class MotionClip {
  public:
    /// Computes all that stays the same over the steps. `last`: 265, the motion before;
    /// `condition`: 80 x 1103. Network and schedule must outlive this. Two threads compute the two
    /// branches of guidance at once; more than two are not used.
    MotionClip(const MotionNetwork& network, const Schedule& schedule, std::span<const float> last,
               std::span<const float> condition, int threads);

    MotionClip(const MotionClip&) = delete;
    MotionClip& operator=(const MotionClip&) = delete;

    /// x (80 x 265), noisy as at schedule.times[step] -> the start that it comes from (80 x 265).
    void predict(std::size_t step, std::span<const float> x, std::span<float> start);

  private:
    /// One branch of guidance, and its room to work in.
    struct Branch {
        std::vector<AttentionMemory> memories;                   // of each decoder layer
        const std::vector<std::vector<float>>* films = nullptr;  // of each film: steps x 2 latent
        AttentionMemory self;
        std::vector<float> x, normed, rotated, queries, keys, values, wide, scores;
    };

    void run(Branch& branch, std::size_t step, std::span<const float> x) const;
    void run_layer(Branch& branch, std::size_t step, std::size_t index) const;
    void modulate(Branch& branch, std::size_t step, std::size_t film, const float* y) const;
    Branch make_branch(std::vector<AttentionMemory> memories,
                       const std::vector<std::vector<float>>& films) const;

    const MotionNetwork& network_;
    const Schedule& schedule_;
    int threads_;
    std::vector<float> last_input_;  // latent
    std::vector<std::vector<float>> films_;
    std::array<Branch, 2> branches_;  // without and with the condition
};

}  // namespace ditto::denoiser
