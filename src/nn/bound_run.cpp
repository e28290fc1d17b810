#include "nn/bound_run.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "base/error.h"
#include "nn/session_state.h"

namespace ditto::nn {
namespace {

Ort::MemoryInfo memory_of(Device device) {
    // TensorRT's provider keeps its tensors where CUDA's does.
    if (device == Device::cpu)
        return Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
    return {"Cuda", OrtDeviceAllocator, 0, OrtMemTypeDefault};
}

}  // namespace

struct DeviceTensor::Memory {
    std::shared_ptr<const Session::State> session;  // its allocator is used
    Ort::MemoryInfo info;
    Ort::Allocator allocator;
    Ort::Value value;

    Memory(std::shared_ptr<const Session::State> of, DataType type, const Shape& shape)
        : session(std::move(of)),
          info(memory_of(session->device)),
          allocator(session->session, info),
          value(Ort::Value::CreateTensor(allocator, shape.data(), shape.size(), onnx_type(type))) {}
};

DeviceTensor::DeviceTensor(const Session& session, DataType type, const Shape& shape)
    : type_(type), shape_(shape) {
    try {
        memory_ = std::make_shared<const Memory>(session.state_, type, shape);
    } catch (const Ort::Exception& error) {
        throw_run_error(session.name(), error);
    }
}

DeviceTensor DeviceTensor::rows(std::int64_t first, std::int64_t count) const {
    if (shape_.empty() || first < 0 || count < 0 || first > shape_[0] - count) {
        throw Error(ErrorCode::internal, {}, "rows of a tensor");
    }
    DeviceTensor part = *this;
    part.shape_[0] = 1;
    part.offset_ += static_cast<std::size_t>(first) * element_count(part.shape_) * size_of(type_);
    part.shape_[0] = count;
    return part;
}

struct BoundRun::State {
    std::shared_ptr<const Session::State> session;
    Ort::IoBinding binding;
    // Of the tensors that are bound now: a value of ONNX Runtime only borrows it.
    std::map<std::string, std::shared_ptr<const DeviceTensor::Memory>, std::less<>> kept;

    explicit State(std::shared_ptr<const Session::State> of)
        : session(std::move(of)), binding(session->session) {}

    static Ort::Value value_of(const DeviceTensor& tensor) {
        // An address on the device, of which only ONNX Runtime reads anything.
        const auto* start = static_cast<const std::byte*>(tensor.memory_->value.GetTensorRawData());
        return Ort::Value::CreateTensor(
            tensor.memory_->info, const_cast<std::byte*>(start + tensor.offset_),
            element_count(tensor.shape_) * size_of(tensor.type_), tensor.shape_.data(),
            tensor.shape_.size(), onnx_type(tensor.type_));
    }

    template <class Work>
    void attempt(Work&& work) {
        try {
            work();
        } catch (const Ort::Exception& error) {
            throw_run_error(session->name, error);
        }
    }

    void bind_input(std::string_view port, const Ort::Value& value) {
        // A name that is not known would leave the binding damaged.
        require(session->inputs, port);
        attempt([&] { binding.BindInput(std::string(port).c_str(), value); });
    }
    void bind_output(std::string_view port, const Ort::Value& value) {
        require(session->outputs, port);
        attempt([&] { binding.BindOutput(std::string(port).c_str(), value); });
    }

  private:
    void require(const std::vector<Port>& ports, std::string_view name) const {
        if (std::ranges::find(ports, name, &Port::name) == ports.end()) {
            throw Error(ErrorCode::internal, {}, session->name + " has no " + std::string(name));
        }
    }
};

BoundRun::BoundRun(const Session& session) : state_(std::make_unique<State>(session.state_)) {}
BoundRun::~BoundRun() = default;
BoundRun::BoundRun(BoundRun&&) noexcept = default;

void BoundRun::input(std::string_view name, const TensorView& tensor) {
    state_->bind_input(name, borrowed(tensor.type, tensor.shape, tensor.data));
    state_->kept.erase(std::string(name));
}

void BoundRun::input(std::string_view name, const DeviceTensor& tensor) {
    state_->bind_input(name, State::value_of(tensor));
    state_->kept[std::string(name)] = tensor.memory_;
}

void BoundRun::output(std::string_view name, Tensor& to) {
    state_->bind_output(name, borrowed(to.type(), to.shape(), to.data()));
    state_->kept.erase(std::string(name));
}

void BoundRun::output(std::string_view name, const DeviceTensor& to) {
    state_->bind_output(name, State::value_of(to));
    state_->kept[std::string(name)] = to.memory_;
}

void BoundRun::run() {
    state_->attempt([&] {
        state_->binding.SynchronizeInputs();
        state_->session->session.Run(Ort::RunOptions{nullptr}, state_->binding);
        state_->binding.SynchronizeOutputs();
    });
}

}  // namespace ditto::nn
