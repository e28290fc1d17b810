#pragma once

#include <optional>
#include <string_view>

#include "checkpoints/weights.h"

namespace ditto::checkpoints {

/// The weights of Ditto's motion network out of its ONNX graph, by the names of the PyTorch state
/// dict (without the "model." that the official file may have in front), so that the network can be
/// computed otherwise than node by node.
///
/// Graphs from our own writer have every tensor by name. torch.onnx.export keeps the names of
/// biases and norms, but stores matrices transposed and without a name; they are found beside the
/// bias that is added to their product, and the three projections of an attention as the products
/// before its output layer. Whoever uses this must compare one result with the graph's own.
///
/// Nothing where a weight is not found or not of 32 bits: the graph may be right all the same.
/// Throws Error{model_corrupt} naming `name` for what is no ONNX file.
std::optional<StateDict> read_lmdm(std::string_view model, const std::string& name);

}  // namespace ditto::checkpoints
