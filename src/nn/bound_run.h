#pragma once

#include <memory>
#include <string_view>

#include "core/tensor.h"
#include "nn/session.h"

namespace ditto::nn {

/// A tensor in the memory of a session's device, where others of that device can read it: on a GPU
/// in the GPU's. Cheap to copy; all copies are the same memory.
class DeviceTensor {
  public:
    DeviceTensor() = default;
    /// Not set to anything. Throws Error{memory}.
    DeviceTensor(const Session& session, DataType type, const Shape& shape);

    const Shape& shape() const { return shape_; }
    /// A part of the first axis, in the same memory. Throws Error{internal} outside of it.
    DeviceTensor rows(std::int64_t first, std::int64_t count) const;

  private:
    friend class BoundRun;
    struct Memory;
    std::shared_ptr<const Memory> memory_;
    DataType type_ = DataType::f32;
    Shape shape_;
    std::size_t offset_ = 0;  // bytes
};

/// Runs of a session whose inputs and outputs are named before: what one network leaves on its
/// device another reads there, and what stays the same is copied there once. For one thread; the
/// session must outlive it.
///
///     DeviceTensor between(warp, DataType::f32, {1, 256, 64, 64});
///     BoundRun first(warp), second(decoder);
///     first.input("x", x.view());        first.output("out", between);
///     second.input("feature", between);  second.output("output", picture);
///     first.run();                       second.run();
class BoundRun {
  public:
    explicit BoundRun(const Session& session);
    ~BoundRun();
    BoundRun(BoundRun&&) noexcept;

    /// Copied to the device now. On the processor it is borrowed: must stay until the last run.
    void input(std::string_view name, const TensorView& tensor);
    void input(std::string_view name, const DeviceTensor& tensor);  // keeps its memory
    /// Where the output goes; of the shape that the network gives.
    void output(std::string_view name, Tensor& to);
    void output(std::string_view name, const DeviceTensor& to);  // keeps its memory

    /// Every input must have been named. Throws as Session::run().
    void run();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ditto::nn
