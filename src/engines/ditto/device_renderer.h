#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/shared_work.h"
#include "engines/ditto/decode_f3d.h"
#include "engines/ditto/warp_f3d.h"
#include "nn/bound_run.h"

namespace ditto::reenact {

/// What a face is rendered from.
struct FacePose {
    const Tensor* appearance = nullptr;
    Keypoints source{};
    Keypoints driving{};
};

/// Warps and decodes on a GPU for all runs: an appearance is copied there once, what is warped
/// stays there, and only the picture comes back. Faces that wait, of one run or several, are
/// decoded together. Both networks must outlive it and be ONNX Runtime's.
class DeviceRenderer {
  public:
    DeviceRenderer(const WarpF3d& warp, const DecodeF3d& decode);

    /// So many faces are decoded at once, or one: a GPU's libraries look for the best way to
    /// compute each number that they meet. 1 where the decoder takes no more.
    std::size_t batch() const { return batch_; }

    /// Renders a made-up face, one and batch() of them: what a provider finds out only as a network
    /// runs, and what takes long the first time, comes before the first frame. Throws what the
    /// networks throw, and Error{internal} where the faces of a batch are not those of one pose.
    void rehearse();

    /// One run's; for one thread. The renderer must outlive it.
    class Run {
      public:
        explicit Run(DeviceRenderer& renderer);
        /// Appearances must stay where they are for the run's life.
        std::vector<Face> operator()(std::span<const FacePose> poses);

      private:
        friend class DeviceRenderer;
        DeviceRenderer& renderer_;
        nn::BoundRun warping_;
        const Tensor* appearance_ = nullptr;  // that is on the device
    };

  private:
    struct Request {
        Run* run = nullptr;
        const FacePose* pose = nullptr;
    };
    std::vector<Face> render(std::span<const Request> requests);

    const WarpF3d& warp_;
    const DecodeF3d& decode_;
    std::size_t batch_;
    nn::DeviceTensor warped_;  // (batch,256,64,64)
    nn::BoundRun decoding_;
    SharedWork<Request, Face> work_;
};

}  // namespace ditto::reenact
