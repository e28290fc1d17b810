#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "core/image.h"
#include "core/tensor.h"
#include "cpu/warp_decode.h"
#include "engines/ditto/resample.h"
#include "nn/session.h"

namespace ditto::reenact {

/// A rendered face, 512 x 512, RGB: one of two, the other is empty.
struct Face {
    FloatImage levels;  // 0..255, not rounded
    Image pixels;       // where the network gives them
};

/// Makes the face's picture from the warped appearance.
/// Network: feature (1,256,64,64) -> output (1,3,512,512), RGB 0..1; or, rewritten for a GPU,
/// (N,256,64,64) -> (N,512,512,3), RGB in 8 bits.
class DecodeF3d {
  public:
    /// Throws Error{model_mismatch}.
    explicit DecodeF3d(nn::Session network);
    /// Computed by this product itself; has no decode_obstacle().
    explicit DecodeF3d(std::shared_ptr<const cpu::WarpDecode> network);

    Face operator()(const Tensor& warped) const;

    /// ONNX Runtime's. Throws std::bad_variant_access where this product computes the network.
    const nn::Session& session() const { return std::get<nn::Session>(network_); }
    bool takes_any_number() const { return any_number_; }
    /// Room for what the network gives for `count` faces, and one of them.
    Tensor make_output(std::int64_t count) const;
    Face face(const Tensor& output, std::int64_t index) const;

  private:
    std::variant<nn::Session, std::shared_ptr<const cpu::WarpDecode>> network_;
    bool in_bytes_ = false;
    bool any_number_ = false;
};

}  // namespace ditto::reenact
