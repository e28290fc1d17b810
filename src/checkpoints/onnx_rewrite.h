#pragma once

#include <string>
#include <string_view>

#include "checkpoints/onnx_model.h"

namespace ditto::checkpoints {

/// Turns the nodes of an ONNX model that sample volumes into the standard GridSample.
///
/// The official warp_network.onnx has two "GridSample3D" nodes, a TensorRT plugin that ONNX Runtime
/// does not know. warp_network_ori.onnx has GridSample at opset 17, which ONNX Runtime runs over
/// volumes on the processor, but not on CUDA: there, volumes need opset 20.
///
/// `opset`: 0 keeps the model's; 20 raises it to 20 and adapts what changed on the way from 16
/// (GridSample's modes, axes of reductions, Split). Everything else stays as it is.
/// Throws std::invalid_argument where a node has settings that GridSample does not have, or where
/// the opset is raised and an operator is not known to mean the same.
void rewrite_grid_samples(OnnxModel& model, int opset);

/// The same of a file, whose name for messages is `name`. Throws Error{model_corrupt},
/// Error{model_mismatch}.
std::string rewrite_grid_samples(std::string_view model, int opset, const std::string& name);

/// Whether the model has a "GridSample3D" node. False for what is no model.
bool has_plugin_grid_samples(std::string_view model);

}  // namespace ditto::checkpoints
