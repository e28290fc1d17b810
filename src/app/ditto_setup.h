#pragma once

#include <filesystem>

#include "checkpoints/config.h"
#include "engines/ditto/config.h"
#include "engines/ditto/networks.h"
#include "nn/devices.h"

namespace ditto {

/// Whether the folder holds networks that can be run: ditto_onnx/ with its files.
bool has_ditto_networks(const std::filesystem::path& folder);

/// The networks of a checkpoints folder; the official warp_network.onnx, which holds an operator
/// that only TensorRT has, is rewritten in memory where warp_network_ori.onnx is not there. For a
/// GPU either is, to opset 20: CUDA samples volumes only from there.
/// Throws Error of kind model.
reenact::NetworkFiles ditto_network_files(const std::filesystem::path& folder,
                                          nn::Device device = nn::Device::cpu);

/// The config file of a checkpoints folder for videos from files, or the published values where
/// there is none. Throws Error of kind model.
reenact::Config load_ditto_config(const std::filesystem::path& folder);

/// From the file's words to the engine's. Throws Error{model_mismatch} naming the field where a
/// value is none that the engine can use; `file` stands for it in messages.
reenact::Config engine_config(const checkpoints::Config& config, const std::string& file);

}  // namespace ditto
