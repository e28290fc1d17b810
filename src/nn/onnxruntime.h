#pragma once

// Private to this room: the C++ wrapper of ONNX Runtime, bound to the library at run time.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

#include "nn/runtime.h"

namespace ditto::nn {

/// The opened library with its environment. `OrtApi` is reached through Ort::GetApi().
class OpenedRuntime final : public Runtime {
  public:
    explicit OpenedRuntime(const OrtApiBase& base);
    std::string version() const override { return version_; }
    const Ort::Env& environment() const { return environment_; }

  private:
    std::string version_;
    Ort::Env environment_{nullptr};
};

const OpenedRuntime& opened(const Runtime& runtime);

}  // namespace ditto::nn
