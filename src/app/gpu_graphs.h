#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "checkpoints/gpu_graph.h"

namespace ditto {

/// checkpoints::gpu_graph() of the file `source`, made once and kept in the folder `cache` (empty:
/// nothing is kept) as NETWORK-HASH.onnx, where HASH is the SHA-256 of the source, the options and
/// the rewriter's version. A kept graph begins with its own SHA-256: a damaged one is made anew.
/// The other graphs of the same `network` are removed. A cache that cannot be written is no error.
/// Throws Error of kind model.
std::string kept_gpu_graph(const std::filesystem::path& source, const std::string& network,
                           const checkpoints::GpuGraphOptions& options,
                           const std::filesystem::path& cache);

}  // namespace ditto
