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
    /// `condition`: 80 x 1103. Network and schedule must outlive this. Both branches of guidance go
    /// through each layer together, so that its weights are read once; of two threads, each
    /// makes half of the columns. More than two are not used.
    MotionClip(const MotionNetwork& network, const Schedule& schedule, std::span<const float> last,
               std::span<const float> condition, int threads);

    MotionClip(const MotionClip&) = delete;
    MotionClip& operator=(const MotionClip&) = delete;

    /// x (80 x 265), noisy as at schedule.times[step] -> the start that it comes from (80 x 265).
    void predict(std::size_t step, std::span<const float> x, std::span<float> start);

  private:
    /// What differs between the branches of guidance, beside their values.
    struct Branch {
        std::vector<AttentionMemory> memories;                   // of each decoder layer
        const std::vector<std::vector<float>>* films = nullptr;  // of each film: steps x 2 latent
        AttentionMemory self;
        std::vector<float> scores;
    };
    class Member;

    Branch make_branch(std::vector<AttentionMemory> memories,
                       const std::vector<std::vector<float>>& films) const;

    const MotionNetwork& network_;
    const Schedule& schedule_;
    int threads_;
    std::vector<float> last_input_;  // latent
    std::vector<std::vector<float>> films_;
    std::array<Branch, 2> branches_;  // without and with the condition
    // Of both branches, one below the other: 160 x latent, `wide_` x its own size.
    std::vector<float> x_, normed_, rotated_, queries_, keys_, values_, wide_;
};

}  // namespace ditto::denoiser
