#pragma once

#include <cstddef>
#include <string_view>

#include "core/tensor.h"

namespace ditto::checkpoints {

/// What a NumPy array's element is: kind 'f' (float), 'i', 'u' (integers) or 'b' (bool), and its
/// size in bytes. kind 0: not a type that is read here.
struct ElementType {
    char kind = 0;
    std::size_t bytes = 0;
    bool big_endian = false;

    /// From NumPy's name, with or without the byte order: "<f4", "|b1", "i8".
    static ElementType parse(std::string_view name);
    bool operator==(const ElementType&) const = default;
};

/// NumPy's name of a tensor's type, e.g. "<f4".
std::string_view element_name(DataType type);

/// Copies an array's bytes into a tensor: row-major, little endian; float64 becomes float32, and
/// integers of other sizes int64. Throws std::runtime_error where the bytes do not fit the shape or
/// the type is none of ours.
Tensor to_tensor(std::string_view bytes, const ElementType& type, const Shape& shape,
                 bool column_major);

}  // namespace ditto::checkpoints
