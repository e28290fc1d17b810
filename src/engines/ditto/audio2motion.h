#pragma once

#include "engines/ditto/clip_motion.h"
#include "nn/session.h"

namespace ditto::reenact {

/// The latent motion diffusion model; engines/ditto/clip_motion.h makes motion with it.
/// Network: x (1,80,265), cond_frame (1,265), cond (1,80,1103), time_cond (1) int64 ->
/// pred_noise, x_start (1,80,265). Guidance is inside.
class Audio2Motion {
  public:
    /// Throws Error{model_mismatch}.
    explicit Audio2Motion(nn::Session network);

    /// One step; see ClipDenoise.
    Prediction operator()(std::span<const float> sample, std::span<const float> first_frame,
                          std::span<const float> conditions, std::int64_t time) const;

  private:
    nn::Session network_;
};

}  // namespace ditto::reenact
