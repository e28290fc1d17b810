#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "app/engines.h"
#include "nn/devices.h"

namespace ditto::bench {

/// Python with PyTorch, and tools/pytorch_networks.py.
struct PyTorchProgram {
    std::filesystem::path python;
    std::filesystem::path script;
};

struct BenchRequest {
    /// Of Ditto; empty: only the mesh engine is measured.
    std::filesystem::path checkpoints;
    bool mesh = true;
    /// Of Ditto's video from beginning to end; networks by themselves are measured on the
    /// processor.
    nn::Device device = nn::Device::automatic;
    std::filesystem::path photo;
    std::filesystem::path voice;
    /// 0: one for each core.
    int threads = 0;
    /// Diffusion steps of a clip.
    int steps = 50;
    /// Each measure is taken so many times; what is compared, in turns.
    int rounds = 3;
    /// Of the mesh engine's video; the voice is repeated as needed.
    double seconds = 60;
    /// Of the ditto engine's video.
    int ditto_frames = 6;
    /// Of the ditto engine's video.
    Precision precision = Precision::automatic;
    /// Compares with PyTorch as well.
    std::optional<PyTorchProgram> pytorch;
};

/// Measures, and returns one object of JSON. docs/benchmarks.md says what its fields mean. `say`
/// gets the name of each part as it begins. Throws Error; Error{cancelled}.
std::string run_bench(const BenchRequest& request,
                      const std::function<void(const std::string&)>& say, std::stop_token stop);

/// What run_bench() returned, as tables in Markdown.
std::string to_markdown(const std::string& json);

}  // namespace ditto::bench
