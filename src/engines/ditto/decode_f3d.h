#pragma once

#include <memory>
#include <variant>

#include "core/tensor.h"
#include "cpu/warp_decode.h"
#include "engines/ditto/resample.h"
#include "nn/session.h"

namespace ditto::reenact {

/// Makes the face's picture from the warped appearance.
/// Network: feature (1,256,64,64) -> output (1,3,512,512), RGB 0..1.
class DecodeF3d {
  public:
    /// Throws Error{model_mismatch}.
    explicit DecodeF3d(nn::Session network);
    /// Computed by this product itself; has no decode_obstacle().
    explicit DecodeF3d(std::shared_ptr<const cpu::WarpDecode> network);

    /// 512 x 512 x 3, RGB 0..255, not rounded.
    FloatImage operator()(const Tensor& warped) const;

  private:
    Tensor picture(const Tensor& warped) const;

    std::variant<nn::Session, std::shared_ptr<const cpu::WarpDecode>> network_;
};

}  // namespace ditto::reenact
