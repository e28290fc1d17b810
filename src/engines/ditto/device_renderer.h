#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engines/ditto/decode_f3d.h"
#include "engines/ditto/warp_f3d.h"
#include "nn/bound_run.h"

namespace ditto::reenact {

/// What a face is rendered from. `appearance` must stay where it is for the renderer's life.
struct FacePose {
    const Tensor* appearance = nullptr;
    Keypoints source{};
    Keypoints driving{};
};

/// Warps and decodes on a GPU: the appearance is copied there once, what is warped stays there, and
/// only the picture comes back. For one run, in one thread; both networks must outlive it and be
/// ONNX Runtime's.
class DeviceRenderer {
  public:
    /// Renders a made-up face, one and batch() of them: what a provider finds out only as a network
    /// runs, and what takes long the first time, comes before the first frame. Throws what the
    /// networks throw, and Error{internal} where the faces of a batch are not those of one pose.
    static void rehearse(const WarpF3d& warp, const DecodeF3d& decode);

    DeviceRenderer(const WarpF3d& warp, const DecodeF3d& decode);

    /// So many faces are decoded at once; 1 where the decoder takes no more.
    std::size_t batch() const { return batch_; }

    /// For one pose, or for batch() poses: a GPU's libraries look for the best way to compute each
    /// size that they meet, so there are no others.
    std::vector<Face> operator()(std::span<const FacePose> poses);

  private:
    const DecodeF3d& decode_;
    std::size_t batch_;
    nn::DeviceTensor warped_;  // (batch,256,64,64)
    nn::BoundRun warping_;
    nn::BoundRun decoding_;
    const Tensor* appearance_ = nullptr;  // that is on the device
};

}  // namespace ditto::reenact
