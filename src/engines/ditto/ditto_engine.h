#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "engine/engine.h"
#include "engines/ditto/config.h"
#include "engines/ditto/dump.h"
#include "engines/ditto/networks.h"
#include "engines/ditto/put_back.h"
#include "face/face_models.h"

namespace ditto::reenact {

struct EngineOptions {
    NetworkFiles files;
    Config config;
    int threads = 0;  // 0: one for each processor
    Dump dump;
    bool fast = false;  // pictures in reduced precision where the processor has it
    nn::Device device = nn::Device::cpu;
};

/// Ditto (Li et al., "Ditto: Motion-Space Diffusion for Controllable Realtime Talking Head
/// Synthesis", 2024): diffusion gives the face's motion, LivePortrait's networks render it.
/// pipeline.cpp shows its stages in order.
class DittoEngine final : public Engine {
  public:
    /// Loads the networks.
    DittoEngine(std::shared_ptr<const nn::Runtime> runtime,
                std::shared_ptr<const face::FaceModels> faces, const EngineOptions& options);

    std::string_view name() const override { return "ditto"; }

    std::shared_ptr<const Avatar> register_photo(const Image& photo, const Controls& controls,
                                                 Progress& progress,
                                                 std::stop_token stop) const override;

    /// Only the expression of the video's face follows the voice. As many pictures are taken as the
    /// config says and 4 GiB of memory hold (some 10 s at 1920 x 1080); they are played forwards
    /// and backwards. Throws what register_photo() throws for the first picture, and
    /// Error{face_lost} where the face is lost.
    std::shared_ptr<const Avatar> register_video(const Pictures& next, const Controls& controls,
                                                 Progress& progress,
                                                 std::stop_token stop) const override;

    /// Offline, or as for a live stream where controls.streaming is set. Streaming, a frame comes
    /// twice the new frames of a clip and 2 frames behind the voice: 0.88 s at overlap 70, 0.48 s
    /// at 75. Offline it waits until it knows how far away the end is.
    std::int64_t animate(const Avatar& avatar, const Controls& controls, AudioSource& voice,
                         FrameSink& frames, Progress& progress,
                         std::stop_token stop) const override;

  private:
    std::shared_ptr<const face::FaceModels> faces_;
    std::shared_ptr<const Networks> networks_;
    Config config_;
    Dump dump_;
    PutBack put_back_;
};

}  // namespace ditto::reenact
