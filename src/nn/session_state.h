#pragma once

// Private to this room.
#include <string_view>

#include "nn/onnxruntime.h"
#include "nn/session.h"

namespace ditto::nn {

struct Session::State {
    std::shared_ptr<const Runtime> runtime;
    std::string name;
    Device device = Device::cpu;
    // Ort::Session::Run is not const, yet safe to call from several threads.
    mutable Ort::Session session{nullptr};
    std::vector<Port> inputs;
    std::vector<Port> outputs;

    void read_ports();
};

ONNXTensorElementDataType onnx_type(DataType type);

/// Borrowed memory of the processor as a value.
Ort::Value borrowed(DataType type, const Shape& shape, const void* data);

/// Throws what ONNX Runtime's words come to while a network runs.
[[noreturn]] void throw_run_error(const std::string& model, const Ort::Exception& error);

/// Throws Error{memory} where the words are about that: ONNX Runtime has no code of its own for it.
void throw_if_out_of_memory(const Ort::Exception& error);

}  // namespace ditto::nn
