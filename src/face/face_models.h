#pragma once

#include <filesystem>
#include <memory>

#include "face/canonical_mesh.h"
#include "face/detector.h"
#include "face/landmarker.h"

namespace ditto::face {

/// Everything that finding a face needs. Immutable and shared: safe to use from several threads.
struct FaceModels {
    Detector detector;
    Landmarker landmarker;
    CanonicalMesh canonical;

    /// `folder` is <program's folder>/models. `threads`: that one run of a network may use.
    /// Throws Error{model_missing | model_corrupt | model_mismatch}.
    static std::shared_ptr<const FaceModels> load(std::shared_ptr<const nn::Runtime> runtime,
                                                  const std::filesystem::path& folder,
                                                  int threads = 1);
};

}  // namespace ditto::face
