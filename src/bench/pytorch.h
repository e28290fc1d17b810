#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bench/bench.h"
#include "bench/temporary_folder.h"
#include "nn/session.h"

namespace ditto::bench {

/// ONNX files that PyTorch runs, in a process of its own that waits between runs:
/// tools/pytorch_networks.py.
class PyTorch {
  public:
    /// Each file's outputs are the inputs of the next. Throws Error{program_missing |
    /// program_failed}.
    PyTorch(const PyTorchProgram& program, int threads,
            const std::vector<std::filesystem::path>& files, const nn::Inputs& inputs);
    ~PyTorch();
    PyTorch(const PyTorch&) = delete;
    PyTorch& operator=(const PyTorch&) = delete;

    /// Runs all files so many times. Throws Error{program_failed}.
    void run(int times);
    /// Of the last run: an output of the last file.
    Tensor output(std::string_view name, const Shape& shape);

    const std::string& version() const { return version_; }

  private:
    std::string answer();
    void ask(int number);
    [[noreturn]] void fail(const std::string& why);
    int end();

    TemporaryFolder folder_;
    std::string program_;
    pid_t child_ = 0;
    int to_ = -1;
    int from_ = -1;
    std::string version_;
};

}  // namespace ditto::bench
