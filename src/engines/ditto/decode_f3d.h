#pragma once

#include "core/tensor.h"
#include "engines/ditto/resample.h"
#include "nn/session.h"

namespace ditto::reenact {

/// Makes the face's picture from the warped appearance.
/// Network: feature (1,256,64,64) -> output (1,3,512,512), RGB 0..1.
class DecodeF3d {
  public:
    /// Throws Error{model_mismatch}.
    explicit DecodeF3d(nn::Session network);

    /// 512 x 512 x 3, RGB 0..255, not rounded.
    FloatImage operator()(const Tensor& warped) const;

  private:
    nn::Session network_;
};

}  // namespace ditto::reenact
