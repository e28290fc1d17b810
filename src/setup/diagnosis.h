#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <vector>

#include "app/engines.h"
#include "hub/hub_address.h"
#include "machine/gpu.h"
#include "setup/finding.h"

namespace ditto::setup {

struct DiagnosisOptions {
    std::filesystem::path checkpoints = "checkpoints";
    std::filesystem::path data = "data";
    int port = 8080;
    Language language = Language::english;
    machine::GpuLibraries gpu_libraries = {};
};

/// Memory that Ditto's networks take on a GPU: what is comfortable, and the least that can hold
/// the weights (2.3 GB in single precision) and one frame's tensors.
inline constexpr double vram_comfortable_gb = 6;
inline constexpr double vram_least_gb = 4;
/// The CUDA that ONNX Runtime's GPU package is built for, 1000 * major + 10 * minor.
inline constexpr int cuda_needed = 13000;

// One section each; none takes longer than a moment.
Section check_gpu(const machine::GpuReport& report);
Section check_processor();
Section check_disk(const DiagnosisOptions& options);
/// ONNX Runtime, its providers, FFmpeg's encoders, fonts, the programs behind slides and speech.
Section check_dependencies(const machine::GpuReport& gpus);
/// Face models and every checkpoint file, by size.
Section check_models(const DiagnosisOptions& options);
Section check_service(const DiagnosisOptions& options);

/// What can generate now, and how fast: each engine that loads works for two seconds.
struct Works {
    Section section;
    bool anything = false;
};
Works check_engines(const DiagnosisOptions& options, Engines& engines,
                    const machine::GpuReport& gpus, const std::stop_token& stop);

}  // namespace ditto::setup
