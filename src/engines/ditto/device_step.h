#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>

#include "core/tensor.h"
#include "engines/ditto/ddim_sampler.h"
#include "nn/bound_run.h"
#include "nn/session.h"

namespace ditto::reenact {

/// The motion network's step on a GPU with all of its tensors at one place for good, so that the
/// GPU can record the step once and play it again (a CUDA graph). Two small networks bring the
/// inputs there and the results back. May be used from several threads, which take turns.
class DeviceStep {
  public:
    /// `network`: as Audio2Motion's. `runtime`, `device`: for the two others.
    DeviceStep(nn::Session network, std::shared_ptr<const nn::Runtime> runtime, nn::Device device);

    Prediction operator()(std::span<const float> sample, std::span<const float> first_frame,
                          std::span<const float> conditions, std::int64_t time);

    /// Whether what is recorded gives what was computed before, and something else for another
    /// sample.
    bool holds();

  private:
    void bind_inputs(std::span<const TensorView> inputs);

    nn::Session network_;
    nn::Session sender_;
    nn::Session fetcher_;
    nn::BoundRun sending_;
    nn::BoundRun stepping_;
    nn::BoundRun fetching_;
    Tensor noise_;
    Tensor start_;
    std::mutex mutex_;
};

}  // namespace ditto::reenact
