#pragma once

#include <filesystem>
#include <memory>

#include "core/image.h"
#include "nn/session.h"

namespace ditto::face {

/// Tells which pixels of a photo show the person: MediaPipe's selfie segmentation, input
/// input_1 (1,256,256,3) RGB 0..1, output activation_10 (1,256,256,1) 0..1. Immutable; safe to use
/// from several threads.
class PersonMask {
  public:
    /// Throws Error{model_missing | model_corrupt | model_mismatch}.
    PersonMask(std::shared_ptr<const nn::Runtime> runtime, const std::filesystem::path& model,
               int threads = 1);

    /// As large as the photo, white where the person is and black beside; coarse at the edges. It
    /// looks twice where the person is small.
    Image operator()(const Image& photo) const;

  private:
    /// For one part of the photo, as large as it.
    Image look(const Image& photo, const Rect& area) const;

    nn::Session network_;
};

}  // namespace ditto::face
