#include "nn/session.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <system_error>

#include <malloc.h>

#include "base/error.h"
#include "nn/provider_settings.h"
#include "nn/session_state.h"

namespace ditto::nn {
namespace {

DataType data_type(ONNXTensorElementDataType type, const std::string& model) {
    switch (type) {
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
            return DataType::f32;
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
            return DataType::f16;
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
            return DataType::i64;
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
            return DataType::i32;
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
            return DataType::u8;
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
            return DataType::boolean;
        default:
            throw Error(ErrorCode::model_mismatch, {{"path", model}, {"what", "data type"}});
    }
}

bool fits(const Shape& a, const Shape& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](std::int64_t x, std::int64_t y) { return x < 0 || y < 0 || x == y; });
}

std::string text(const Shape& shape) {
    std::string result;
    for (const std::int64_t size : shape) {
        result += (result.empty() ? "" : "x") + (size < 0 ? "?" : std::to_string(size));
    }
    return result;
}

void require(const std::vector<Port>& ports, const Port& wanted, const std::string& model) {
    const auto found = std::find_if(ports.begin(), ports.end(),
                                    [&](const Port& port) { return port.name == wanted.name; });
    std::string what;
    if (found == ports.end()) {
        what = wanted.name + " is missing";
    } else if (found->type != wanted.type || !fits(found->shape, wanted.shape)) {
        what = wanted.name + " is " + std::string(name_of(found->type)) + " " + text(found->shape) +
               ", not " + std::string(name_of(wanted.type)) + " " + text(wanted.shape);
    } else {
        return;
    }
    throw Error(ErrorCode::model_mismatch, {{"path", model}, {"what", what}});
}

/// Makes a provider's options, sets them and has the session take the provider.
template <class Options>
void append(Ort::SessionOptions& session, const ProviderSettings& settings,
            OrtStatus* (*create)(Options**), void (*release)(Options*),
            OrtStatus* (*update)(Options*, const char* const*, const char* const*, std::size_t),
            OrtStatus* (*append)(OrtSessionOptions*, const Options*)) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : settings) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    Options* made = nullptr;
    Ort::ThrowOnError(create(&made));
    const std::unique_ptr<Options, void (*)(Options*)> options(made, release);
    Ort::ThrowOnError(update(made, names.data(), values.data(), names.size()));
    Ort::ThrowOnError(append(session, made));
}

void append_providers(Ort::SessionOptions& session, const SessionOptions& options,
                      std::string_view runtime) {
    const OrtApi& api = Ort::GetApi();
    if (options.device == Device::tensorrt) {
        append(session, tensorrt_settings(options), api.CreateTensorRTProviderOptions,
               api.ReleaseTensorRTProviderOptions, api.UpdateTensorRTProviderOptions,
               api.SessionOptionsAppendExecutionProvider_TensorRT_V2);
    }
    if (options.device == Device::tensorrt || options.device == Device::cuda) {
        append(session, cuda_settings(options, runtime), api.CreateCUDAProviderOptions,
               api.ReleaseCUDAProviderOptions, api.UpdateCUDAProviderOptions,
               api.SessionOptionsAppendExecutionProvider_CUDA_V2);
    }
}

Ort::SessionOptions ort_options(const SessionOptions& options, std::string_view runtime) {
    Ort::SessionOptions result;
    result.SetIntraOpNumThreads(options.threads);
    result.SetInterOpNumThreads(1);
    result.SetExecutionMode(ORT_SEQUENTIAL);
    result.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    // Idle threads that spin would take the other stages' processor time.
    result.AddConfigEntry("session.intra_op.allow_spinning", "0");
    append_providers(result, options, runtime);
    return result;
}

/// While a network loads, its file and two forms of its weights are in memory. What of that is
/// freed stays with the process otherwise, up to the size of the network.
void return_freed_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

}  // namespace

ONNXTensorElementDataType onnx_type(DataType type) {
    switch (type) {
        case DataType::f32:
            return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
        case DataType::f16:
            return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
        case DataType::i64:
            return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
        case DataType::i32:
            return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
        case DataType::u8:
            return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
        case DataType::boolean:
            return ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL;
    }
    throw Error(ErrorCode::internal, {}, "unknown data type");
}

void throw_if_out_of_memory(const Ort::Exception& error) {
    const std::string_view what = error.what();
    for (const char* words : {"bad_alloc", "Failed to allocate memory", "out of memory",
                              "CUDA_ERROR_OUT_OF_MEMORY", "cudaErrorMemoryAllocation"}) {
        if (what.find(words) != std::string_view::npos) {
            throw Error(ErrorCode::memory, {}, error.what());
        }
    }
}

void throw_run_error(const std::string& model, const Ort::Exception& error) {
    throw_if_out_of_memory(error);
    throw Error(ErrorCode::internal, {}, model + ": " + error.what());
}

Ort::Value borrowed(DataType type, const Shape& shape, const void* data) {
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    // ONNX Runtime never writes to an input.
    return Ort::Value::CreateTensor(memory, const_cast<void*>(data),
                                    element_count(shape) * size_of(type), shape.data(),
                                    shape.size(), onnx_type(type));
}

void Session::State::read_ports() {
    const Ort::AllocatorWithDefaultOptions allocator;
    const auto port = [&](const char* port_name, const Ort::TypeInfo& info) {
        const auto tensor = info.GetTensorTypeAndShapeInfo();
        return Port{port_name, data_type(tensor.GetElementType(), name), tensor.GetShape()};
    };
    for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
        inputs.push_back(
            port(session.GetInputNameAllocated(i, allocator).get(), session.GetInputTypeInfo(i)));
    }
    for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
        outputs.push_back(
            port(session.GetOutputNameAllocated(i, allocator).get(), session.GetOutputTypeInfo(i)));
    }
}

Session::Session(std::shared_ptr<const Runtime> runtime, const std::filesystem::path& model,
                 const SessionOptions& options)
    : state_(std::make_shared<State>()) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(model, ignored)) {
        throw Error(ErrorCode::model_missing, {{"path", model.string()}});
    }
    state_->runtime = std::move(runtime);
    state_->device = options.device;
    state_->name = model.string();
    try {
        state_->session = Ort::Session(opened(*state_->runtime).environment(), model.c_str(),
                                       ort_options(options, state_->runtime->version()));
        state_->read_ports();
        return_freed_memory();
    } catch (const Ort::Exception& error) {
        throw_if_out_of_memory(error);
        throw Error(ErrorCode::model_corrupt, {{"path", state_->name}}, error.what());
    }
}

Session::Session(std::shared_ptr<const Runtime> runtime, std::span<const std::byte> model,
                 const std::string& name, const SessionOptions& options)
    : state_(std::make_shared<State>()) {
    state_->runtime = std::move(runtime);
    state_->device = options.device;
    state_->name = name;
    try {
        state_->session =
            Ort::Session(opened(*state_->runtime).environment(), model.data(), model.size(),
                         ort_options(options, state_->runtime->version()));
        state_->read_ports();
        return_freed_memory();
    } catch (const Ort::Exception& error) {
        throw_if_out_of_memory(error);
        throw Error(ErrorCode::model_corrupt, {{"path", state_->name}}, error.what());
    }
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

const std::vector<Port>& Session::inputs() const {
    return state_->inputs;
}

const std::vector<Port>& Session::outputs() const {
    return state_->outputs;
}

const std::string& Session::name() const {
    return state_->name;
}

void Session::require_input(const Port& wanted) const {
    require(state_->inputs, wanted, state_->name);
}

void Session::require_output(const Port& wanted) const {
    require(state_->outputs, wanted, state_->name);
}

std::vector<Tensor> Session::run(const Inputs& inputs,
                                 std::span<const std::string_view> outputs) const {
    // The names must end with a zero for the C interface.
    std::vector<std::string> names;
    std::vector<Ort::Value> values;
    for (const auto& [name, tensor] : inputs) {
        names.emplace_back(name);
        values.push_back(borrowed(tensor.type, tensor.shape, tensor.data));
    }
    names.insert(names.end(), outputs.begin(), outputs.end());
    std::vector<const char*> pointers;
    for (const std::string& name : names)
        pointers.push_back(name.c_str());
    try {
        const auto results =
            state_->session.Run(Ort::RunOptions{nullptr}, pointers.data(), values.data(),
                                values.size(), pointers.data() + values.size(), outputs.size());
        std::vector<Tensor> tensors;
        for (const Ort::Value& result : results) {
            const auto info = result.GetTensorTypeAndShapeInfo();
            Tensor tensor(data_type(info.GetElementType(), state_->name), info.GetShape());
            std::memcpy(tensor.data(), result.GetTensorRawData(), tensor.bytes());
            tensors.push_back(std::move(tensor));
        }
        return tensors;
    } catch (const Ort::Exception& error) {
        throw_run_error(state_->name, error);
    }
}

}  // namespace ditto::nn
