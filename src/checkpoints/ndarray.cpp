#include "checkpoints/ndarray.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

namespace ditto::checkpoints {
namespace {

constexpr std::size_t most_axes = 32;  // NumPy's own limit

/// Elements of `shape`. Unlike element_count(), a file's mistakes are no internal errors.
std::size_t checked_count(const Shape& shape, std::size_t element_bytes) {
    if (shape.size() > most_axes) throw std::runtime_error("an array has too many axes");
    std::size_t count = 1;
    for (const std::int64_t size : shape) {
        if (size < 0) throw std::runtime_error("an array has a negative size");
        const auto factor = static_cast<std::size_t>(size);
        if (factor != 0 &&
            count > std::numeric_limits<std::size_t>::max() / 16 / element_bytes / factor) {
            throw std::runtime_error("an array is too large");
        }
        count *= factor;
    }
    return count;
}

/// Element `i` of an array in little-endian bytes, whatever its order in the file.
std::array<char, 8> element(std::string_view bytes, const ElementType& type, std::size_t i) {
    std::array<char, 8> value{};
    std::memcpy(value.data(), bytes.data() + i * type.bytes, type.bytes);
    if (type.big_endian) {
        std::reverse(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(type.bytes));
    }
    return value;
}

std::int64_t integer_of(const std::array<char, 8>& bytes, const ElementType& type) {
    std::uint64_t value = std::bit_cast<std::uint64_t>(bytes);
    const std::size_t unused_bits = 64 - 8 * type.bytes;
    if (type.kind == 'i' && unused_bits > 0) {
        // Moves the sign up and spreads it down again.
        return static_cast<std::int64_t>(value << unused_bits) >> unused_bits;
    }
    return static_cast<std::int64_t>(value);
}

DataType tensor_type(const ElementType& type) {
    if (type.kind == 'f') return type.bytes == 2 ? DataType::f16 : DataType::f32;
    if (type.kind == 'b') return DataType::boolean;
    if (type.kind == 'u' && type.bytes == 1) return DataType::u8;
    if (type.kind == 'i' && type.bytes == 4) return DataType::i32;
    return DataType::i64;
}

void store(Tensor& tensor, std::size_t i, const std::array<char, 8>& bytes,
           const ElementType& type) {
    char* to = static_cast<char*>(tensor.data());
    if (type.kind == 'f' && type.bytes == 8) {
        const auto value = static_cast<float>(std::bit_cast<double>(bytes));
        std::memcpy(to + i * sizeof value, &value, sizeof value);
    } else if (tensor.type() == DataType::i64) {
        const std::int64_t value = integer_of(bytes, type);
        std::memcpy(to + i * sizeof value, &value, sizeof value);
    } else {
        std::memcpy(to + i * type.bytes, bytes.data(), type.bytes);
    }
}

/// Position in a row-major array of the element that a column-major one has at `i`.
std::size_t row_major_position(std::size_t i, const Shape& shape) {
    std::size_t position = 0;
    std::size_t stride = 1;
    for (const std::int64_t size : shape)
        stride *= static_cast<std::size_t>(size);
    for (const std::int64_t size : shape) {
        stride /= static_cast<std::size_t>(size);
        position += i % static_cast<std::size_t>(size) * stride;
        i /= static_cast<std::size_t>(size);
    }
    return position;
}

}  // namespace

ElementType ElementType::parse(std::string_view name) {
    ElementType type;
    if (!name.empty() && std::string_view("<>|=").find(name[0]) != std::string_view::npos) {
        type.big_endian = name[0] == '>';
        name.remove_prefix(1);
    }
    constexpr std::array<std::string_view, 12> known{"f2", "f4", "f8", "i1", "i2", "i4",
                                                     "i8", "u1", "u2", "u4", "u8", "b1"};
    if (std::find(known.begin(), known.end(), name) == known.end()) return {};
    type.kind = name[0];
    type.bytes = static_cast<std::size_t>(name[1] - '0');
    return type;
}

std::string_view element_name(DataType type) {
    switch (type) {
        case DataType::f32:
            return "<f4";
        case DataType::f16:
            return "<f2";
        case DataType::i64:
            return "<i8";
        case DataType::i32:
            return "<i4";
        case DataType::u8:
            return "|u1";
        case DataType::boolean:
            return "|b1";
    }
    throw std::runtime_error("unknown data type");
}

Tensor to_tensor(std::string_view bytes, const ElementType& type, const Shape& shape,
                 bool column_major) {
    if (type.kind == 0) throw std::runtime_error("an array's element type is not supported");
    const std::size_t count = checked_count(shape, type.bytes);
    if (bytes.size() != count * type.bytes) {
        throw std::runtime_error("an array has " + std::to_string(bytes.size()) + " bytes, not " +
                                 std::to_string(count * type.bytes));
    }
    Tensor tensor(tensor_type(type), shape);
    const bool same = !type.big_endian && size_of(tensor.type()) == type.bytes;
    if (same && (!column_major || shape.size() < 2)) {
        if (count > 0) std::memcpy(tensor.data(), bytes.data(), bytes.size());
        return tensor;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t to = column_major ? row_major_position(i, shape) : i;
        store(tensor, to, element(bytes, type, i), type);
    }
    return tensor;
}

}  // namespace ditto::checkpoints
