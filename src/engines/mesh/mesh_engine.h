#pragma once

#include <filesystem>
#include <memory>

#include "engine/engine.h"
#include "face/face_models.h"
#include "nn/runtime.h"
#include "nn/session.h"

namespace ditto::mesh {

/// The built-in engine: a photo is warped and layered after a 478-point face mesh, driven by a
/// small articulation network. No GPU, no download.
class MeshEngine final : public Engine {
  public:
    /// Loads the face models and the articulation model from `models`. `threads`: how many threads
    /// one animation may draw with, 0 for all cores. Throws Error of kind model.
    MeshEngine(std::shared_ptr<const nn::Runtime> runtime, const std::filesystem::path& models,
               int threads);

    std::string_view name() const override { return "mesh"; }
    std::shared_ptr<const Avatar> register_photo(const Image& photo, const Controls& controls,
                                                 Progress& progress,
                                                 std::stop_token stop) const override;
    std::int64_t animate(const Avatar& avatar, const Controls& controls, AudioSource& voice,
                         FrameSink& frames, Progress& progress,
                         std::stop_token stop) const override;

  private:
    std::shared_ptr<const face::FaceModels> face_models_;
    std::shared_ptr<const nn::Session> articulation_model_;
    int threads_;
};

}  // namespace ditto::mesh
