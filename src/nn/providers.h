#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "nn/runtime.h"

namespace ditto::nn {

/// A way of ONNX Runtime to run networks: "CPU", "CUDA", "TensorRT".
struct Provider {
    std::string name;
    bool usable = false;
    /// This ONNX Runtime was built with it; whether its library opens is another matter.
    bool built_in = false;
    /// Why not, in the system's words; empty where it is usable.
    std::string reason;
};

/// Opens each provider's library as ONNX Runtime would, to learn whether it could be used.
std::vector<Provider> find_providers(const Runtime& runtime);

}  // namespace ditto::nn
