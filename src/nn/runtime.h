#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace ditto::nn {

/// ONNX Runtime, opened with dlopen so that the program starts without it, and its one
/// environment. Made once by the program and passed on; sessions keep it alive.
class Runtime {
  public:
    /// `library` is a path to libonnxruntime.so (version 1.17 or newer). Empty: DITTO_ONNXRUNTIME,
    /// then beside the program, then ../lib, then wherever the system looks.
    /// Throws Error{runtime_missing}.
    static std::shared_ptr<const Runtime> open(const std::filesystem::path& library = {});
    virtual ~Runtime() = default;

    /// e.g. "1.29.0".
    virtual std::string version() const = 0;
};

/// Version of the library that open() would take, or "not found".
std::string runtime_version();

}  // namespace ditto::nn
