#pragma once

#include "core/tensor.h"
#include "engines/ditto/motion.h"
#include "nn/session.h"

namespace ditto::reenact {

/// Warps the source's appearance to the driving keypoints.
/// Network: feature_3d (1,32,16,64,64), kp_source, kp_driving (1,21,3) -> out (1,256,64,64).
class WarpF3d {
  public:
    /// Throws Error{model_mismatch}.
    explicit WarpF3d(nn::Session network);

    Tensor operator()(const Tensor& appearance, const Keypoints& source,
                      const Keypoints& driving) const;

  private:
    nn::Session network_;
};

}  // namespace ditto::reenact
