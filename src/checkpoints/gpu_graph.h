#pragma once

#include <string>
#include <string_view>

namespace ditto::checkpoints {

/// Changes whenever gpu_graph() makes another graph of the same file.
constexpr int gpu_graph_version = 1;

struct GpuGraphOptions {
    /// Weights and most of the computation in 16 bits, see half_precision.h.
    bool half = false;
    /// Of the decoder: its picture (1,3,H,W), 0..1, comes as 8-bit pixels (1,H,W,3), a quarter of
    /// the bytes; and it takes any number of inputs at once where its nodes allow that.
    bool pictures = false;
};

/// A network's file as a GPU runs it best: at opset 20, whose GridSample takes volumes on CUDA.
/// `name` stands for the file in messages. Throws Error{model_corrupt}, Error{model_mismatch}
/// saying which operator is not known, or that the output is no picture.
std::string gpu_graph(std::string_view model, const GpuGraphOptions& options,
                      const std::string& name);

}  // namespace ditto::checkpoints
