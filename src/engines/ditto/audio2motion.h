#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/thread_budget.h"
#include "denoiser/motion_network.h"
#include "engines/ditto/clip_motion.h"
#include "nn/session.h"

namespace ditto::reenact {

class DeviceStep;

/// The network's ports.
std::span<const nn::Port> motion_inputs();
std::span<const nn::Port> motion_outputs();

/// Largest difference between values, as a part of the largest that is wanted; not a number where
/// one of them is none.
float difference(std::span<const float> values, std::span<const float> wanted);

/// The latent motion diffusion model; engines/ditto/clip_motion.h makes motion with it.
/// Network: x (1,80,265), cond_frame (1,265), cond (1,80,1103), time_cond (1) int64 ->
/// pred_noise, x_start (1,80,265). Guidance is inside.
///
/// Where its weights are known, the network is computed in parts (room denoiser): once for all,
/// once a clip, and at every step, which takes about half the time of the graph.
class Audio2Motion {
  public:
    /// Node by node, as the graph says. `why`: the name of a phrase in base/messages.cpp that tells
    /// why not in parts; empty where nobody asked for it. Throws Error{model_mismatch}.
    explicit Audio2Motion(nn::Session network, std::string why = {});

    /// In parts, on two threads of the budget where nobody else needs them, if one step comes out
    /// as the graph's own (to 1e-4 of its largest value) and this processor has the instructions;
    /// else as above.
    static Audio2Motion in_parts(nn::Session network,
                                 const std::optional<denoiser::MotionWeights>& weights,
                                 std::shared_ptr<ThreadBudget> budget);

    /// On a GPU.
    explicit Audio2Motion(std::shared_ptr<DeviceStep> step) : step_(std::move(step)) {}

    /// For one run. `times` of the steps that it will take. This must outlive what comes back.
    ClipDenoise clips(std::vector<std::int64_t> times) const;

    bool is_in_parts() const { return parts_ != nullptr; }
    /// Why it runs as the graph says; a phrase's name.
    const std::string& obstacle() const { return obstacle_; }

  private:
    Audio2Motion(std::shared_ptr<const denoiser::MotionNetwork> parts,
                 std::shared_ptr<ThreadBudget> budget)
        : parts_(std::move(parts)), budget_(std::move(budget)) {}
    Prediction run_graph(std::span<const float> sample, std::span<const float> first_frame,
                         std::span<const float> conditions, std::int64_t time) const;

    std::optional<nn::Session> network_;
    std::shared_ptr<DeviceStep> step_;
    std::shared_ptr<const denoiser::MotionNetwork> parts_;
    std::shared_ptr<ThreadBudget> budget_;
    std::string obstacle_;
};

}  // namespace ditto::reenact
