#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tensor.h"
#include "nn/devices.h"
#include "nn/runtime.h"

namespace ditto::nn {

struct SessionOptions {
    /// Threads that one run() may use.
    int threads = 1;
    /// cpu, cuda or tensorrt. What a provider cannot run, the next of them runs.
    Device device = Device::cpu;
    /// The model is in 16 bits, which TensorRT must be told.
    bool half = false;
    /// All runs go through one BoundRun whose tensors are DeviceTensors: a GPU records the first
    /// ones and plays them again. Every node must run there, else loading fails.
    bool recorded = false;
    /// Where TensorRT keeps what it builds for minutes; empty: nowhere.
    std::filesystem::path cache = {};
};

/// A network's input or output; -1 in the shape stands for any size.
struct Port {
    std::string name;
    DataType type = DataType::f32;
    Shape shape;
};

using Inputs = std::vector<std::pair<std::string_view, TensorView>>;

/// A loaded network. Immutable: run() may be called from several threads at once.
///
///     Session detector(runtime, "models/face_detector.onnx", {.threads = 1});
///     auto out = detector.run({{"input", image.view()}}, {"regressors", "classificators"});
class Session {
  public:
    /// Throws Error{model_missing | model_corrupt}.
    Session(std::shared_ptr<const Runtime> runtime, const std::filesystem::path& model,
            const SessionOptions& options = {});
    /// From memory; `name` stands for the file in messages.
    Session(std::shared_ptr<const Runtime> runtime, std::span<const std::byte> model,
            const std::string& name, const SessionOptions& options = {});
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;

    const std::vector<Port>& inputs() const;
    const std::vector<Port>& outputs() const;
    const std::string& name() const;

    /// Throws Error{model_mismatch} where a named port is missing or has another type or shape
    /// (sizes of -1 on either side fit everything).
    void require_input(const Port& wanted) const;
    void require_output(const Port& wanted) const;

    /// Runs the network; results come in the order of `outputs`.
    /// Throws Error{internal} with the runtime's own words, Error{memory} where memory ran out.
    std::vector<Tensor> run(const Inputs& inputs, std::span<const std::string_view> outputs) const;
    std::vector<Tensor> run(const Inputs& inputs,
                            std::initializer_list<std::string_view> outputs) const {
        return run(inputs, std::span(outputs.begin(), outputs.size()));
    }

  private:
    friend class BoundRun;
    friend class DeviceTensor;
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace ditto::nn
