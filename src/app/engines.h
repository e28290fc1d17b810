#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/messages.h"
#include "engine/engine.h"
#include "nn/devices.h"

namespace ditto {

/// What the user asks for; `automatic` takes ditto where its checkpoints and a GPU that can be used
/// are there, else mesh.
enum class EngineWish { automatic, mesh, ditto };

/// Of Ditto's pictures. `automatic`: exact on a processor, and on a GPU fast, which is said.
/// `fast`: in 16 bits where the hardware has them; what comes of it is a notice of the engine.
enum class Precision { automatic, exact, fast };

/// What finds the face in a photo for the ditto engine. InsightFace's files are those that the user
/// put into the checkpoints folder: their licence is non-commercial, as a notice says.
enum class FaceFinder { mediapipe, insightface };

/// What holds for all engines of a process.
struct EngineSetup {
    /// What Ditto's networks run on; asked for by name, it excludes the mesh engine (but for cpu),
    /// and choose() throws Error{device_unavailable, gpu_memory} where it cannot be had.
    nn::Device device = nn::Device::automatic;
    /// insightface excludes the mesh engine.
    FaceFinder face_finder = FaceFinder::mediapipe;
};

struct EngineRequest {
    EngineWish wish = EngineWish::automatic;
    /// The folder of Ditto's official checkpoints.
    std::filesystem::path checkpoints = "checkpoints";
    /// Processor threads; 0: all cores.
    int threads = 0;
    /// Where the ditto engine writes its intermediate results; empty: nowhere.
    std::filesystem::path dump = {};
    int dump_frames = 0;
    Precision precision = Precision::automatic;
    /// Hears what takes long while the engine loads; may be empty.
    std::function<void(const Notice&)> tell = {};
};

struct EngineChoice {
    std::shared_ptr<const Engine> engine;
    /// Which one and why: engine_chosen.
    Notice notice;
    /// runtime_fallback where a GPU could not be used.
    std::optional<Notice> fallback = {};
};

/// The engines that this program has. Tests have their own.
class Engines {
  public:
    virtual ~Engines() = default;

    /// Loads the networks of the engine that is chosen. Throws Error of kind model, e.g.
    /// engine_unavailable where what was asked for by name cannot run.
    virtual EngineChoice choose(const EngineRequest& request) = 0;

    /// The name of the engine that choose() would take, told by the files alone. Throws
    /// Error{engine_unavailable | face_finder_unavailable}.
    virtual std::string decide(const EngineRequest& request) const = 0;
};

/// Those that are built in. ONNX Runtime and the models are opened by the first choose().
std::unique_ptr<Engines> built_in_engines(const EngineSetup& setup = {});

}  // namespace ditto
