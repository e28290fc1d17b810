#pragma once

#include <memory>
#include <variant>

#include "core/tensor.h"
#include "cpu/warp_decode.h"
#include "engines/ditto/motion.h"
#include "nn/session.h"

namespace ditto::reenact {

/// Warps the source's appearance to the driving keypoints.
/// Network: feature_3d (1,32,16,64,64), kp_source, kp_driving (1,21,3) -> out (1,256,64,64).
class WarpF3d {
  public:
    /// Throws Error{model_mismatch}.
    explicit WarpF3d(nn::Session network);
    /// Computed by this product itself; has no warp_obstacle().
    explicit WarpF3d(std::shared_ptr<const cpu::WarpDecode> network);

    Tensor operator()(const Tensor& appearance, const Keypoints& source,
                      const Keypoints& driving) const;

    /// ONNX Runtime's. Throws std::bad_variant_access where this product computes the network.
    const nn::Session& session() const { return std::get<nn::Session>(network_); }

  private:
    std::variant<nn::Session, std::shared_ptr<const cpu::WarpDecode>> network_;
};

}  // namespace ditto::reenact
