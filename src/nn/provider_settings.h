#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/session.h"

namespace ditto::nn {

using ProviderSettings = std::vector<std::pair<std::string, std::string>>;

/// Options of ONNX Runtime's CUDA provider for a session.
/// https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html
/// `runtime`: its version, e.g. "1.29.0"; it refuses options that it does not know.
ProviderSettings cuda_settings(const SessionOptions& options, std::string_view runtime);

/// Of its TensorRT provider, before which CUDA's stands for what TensorRT cannot run.
/// https://onnxruntime.ai/docs/execution-providers/TensorRT-ExecutionProvider.html
ProviderSettings tensorrt_settings(const SessionOptions& options);

}  // namespace ditto::nn
