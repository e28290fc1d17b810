#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace ditto {

enum class DataType { f32, f16, i64, i32, u8, boolean };

std::size_t size_of(DataType type);
std::string_view name_of(DataType type);

template <class T>
constexpr DataType data_type_of();
template <>
constexpr DataType data_type_of<float>() {
    return DataType::f32;
}
template <>
constexpr DataType data_type_of<std::int64_t>() {
    return DataType::i64;
}
template <>
constexpr DataType data_type_of<std::int32_t>() {
    return DataType::i32;
}
template <>
constexpr DataType data_type_of<std::uint8_t>() {
    return DataType::u8;
}

/// Row-major; every size is at least 0.
using Shape = std::vector<std::int64_t>;

/// Number of elements. Throws Error{internal} on a negative size or overflow.
std::size_t element_count(const Shape& shape);

/// Borrows memory that someone else keeps.
struct TensorView {
    DataType type = DataType::f32;
    Shape shape;
    const void* data = nullptr;

    TensorView() = default;
    TensorView(DataType t, Shape s, const void* d) : type(t), shape(std::move(s)), data(d) {}
    template <class T>
    TensorView(std::span<const T> values, Shape s)
        : type(data_type_of<T>()), shape(std::move(s)), data(values.data()) {}

    std::size_t count() const { return element_count(shape); }
    /// Throws Error{internal} where T is not the tensor's type.
    template <class T>
    std::span<const T> values() const {
        check_type(data_type_of<T>());
        return {static_cast<const T*>(data), count()};
    }

  private:
    void check_type(DataType wanted) const;
};

/// Owns its memory (64-byte aligned, zeroed). Moves, does not copy by accident: use clone().
class Tensor {
  public:
    Tensor() = default;
    Tensor(DataType type, Shape shape);
    template <class T>
    static Tensor from(std::span<const T> values, Shape shape);

    Tensor(Tensor&&) noexcept = default;
    Tensor& operator=(Tensor&&) noexcept = default;
    Tensor clone() const;

    DataType type() const { return type_; }
    const Shape& shape() const { return shape_; }
    std::size_t count() const { return element_count(shape_); }
    std::size_t bytes() const { return count() * size_of(type_); }
    void* data() { return memory_.get(); }
    const void* data() const { return memory_.get(); }

    template <class T>
    std::span<T> values() {
        view().values<T>();
        return {static_cast<T*>(data()), count()};
    }
    template <class T>
    std::span<const T> values() const {
        return view().values<T>();
    }
    TensorView view() const { return {type_, shape_, memory_.get()}; }

  private:
    struct Free {
        void operator()(std::byte* memory) const;
    };
    DataType type_ = DataType::f32;
    Shape shape_ = {0};
    std::unique_ptr<std::byte[], Free> memory_;
};

template <class T>
Tensor Tensor::from(std::span<const T> values, Shape shape) {
    Tensor result(data_type_of<T>(), std::move(shape));
    auto to = result.values<T>();
    for (std::size_t i = 0; i < to.size() && i < values.size(); ++i)
        to[i] = values[i];
    return result;
}

}  // namespace ditto
