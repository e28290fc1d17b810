#include "core/tensor.h"

#include <cstring>
#include <limits>
#include <new>
#include <string>

#include "base/error.h"

namespace ditto {
namespace {
constexpr std::align_val_t alignment{64};
}

std::size_t size_of(DataType type) {
    switch (type) {
        case DataType::f32:
        case DataType::i32:
            return 4;
        case DataType::f16:
            return 2;
        case DataType::i64:
            return 8;
        case DataType::u8:
        case DataType::boolean:
            return 1;
    }
    throw Error(ErrorCode::internal, {}, "unknown data type");
}

std::string_view name_of(DataType type) {
    switch (type) {
        case DataType::f32:
            return "float32";
        case DataType::f16:
            return "float16";
        case DataType::i64:
            return "int64";
        case DataType::i32:
            return "int32";
        case DataType::u8:
            return "uint8";
        case DataType::boolean:
            return "bool";
    }
    throw Error(ErrorCode::internal, {}, "unknown data type");
}

std::size_t element_count(const Shape& shape) {
    std::size_t count = 1;
    for (const std::int64_t size : shape) {
        if (size < 0) throw Error(ErrorCode::internal, {}, "negative tensor size");
        const auto factor = static_cast<std::size_t>(size);
        if (factor != 0 && count > std::numeric_limits<std::size_t>::max() / 16 / factor) {
            throw Error(ErrorCode::memory, {}, "tensor too large");
        }
        count *= factor;
    }
    return count;
}

void TensorView::check_type(DataType wanted) const {
    if (type == wanted) return;
    throw Error(
        ErrorCode::internal, {},
        "tensor holds " + std::string(name_of(type)) + ", not " + std::string(name_of(wanted)));
}

void Tensor::Free::operator()(std::byte* memory) const {
    ::operator delete[](memory, alignment);
}

Tensor::Tensor(DataType type, Shape shape) : type_(type), shape_(std::move(shape)) {
    const std::size_t size = bytes();
    memory_.reset(static_cast<std::byte*>(::operator new[](size == 0 ? 1 : size, alignment)));
    std::memset(memory_.get(), 0, size);
}

Tensor Tensor::clone() const {
    Tensor copy(type_, shape_);
    if (count() != 0) std::memcpy(copy.data(), data(), bytes());
    return copy;
}

}  // namespace ditto
