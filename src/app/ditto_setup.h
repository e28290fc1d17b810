#pragma once

#include <filesystem>

#include "checkpoints/config.h"
#include "engines/ditto/config.h"
#include "engines/ditto/networks.h"
#include "nn/devices.h"

namespace ditto {

/// Whether the folder holds networks that can be run: ditto_onnx/ with its files.
bool has_ditto_networks(const std::filesystem::path& folder);

/// The networks of a checkpoints folder as the processor runs them; the official warp_network.onnx,
/// which holds an operator that only TensorRT has, is rewritten in memory where
/// warp_network_ori.onnx is not there. Throws Error of kind model.
reenact::NetworkFiles ditto_network_files(const std::filesystem::path& folder);

/// As a GPU runs them: those of the pictures rewritten (checkpoints/gpu_graph.h) and kept in
/// `cache`. `half`: in 16 bits, or in 32 where that is not possible; a notice says which. Throws
/// Error of kind model, e.g. where the warp network cannot be rewritten.
reenact::NetworkFiles ditto_gpu_network_files(const std::filesystem::path& folder, bool half,
                                              const std::filesystem::path& cache);

/// InsightFace's two files in a checkpoints folder and the one of 203 points, which follows them:
/// those of ditto_onnx/, else those of ditto_pytorch/aux_models/.
struct InsightFaceFiles {
    std::filesystem::path detector;
    std::filesystem::path landmark106;
    std::filesystem::path landmark203;
};

/// Throws Error{face_finder_unavailable} naming what is missing.
InsightFaceFiles find_insight_face(const std::filesystem::path& folder);

/// The config file of a checkpoints folder for videos from files, or the published values where
/// there is none. Throws Error of kind model.
reenact::Config load_ditto_config(const std::filesystem::path& folder);

/// From the file's words to the engine's. Throws Error{model_mismatch} naming the field where a
/// value is none that the engine can use; `file` stands for it in messages.
reenact::Config engine_config(const checkpoints::Config& config, const std::string& file);

}  // namespace ditto
