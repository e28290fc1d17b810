#pragma once

#include <filesystem>

#include "core/tensor.h"

namespace ditto::reenact {

/// Writes a tensor as NumPy reads it (format 1.0, little-endian, C order).
/// Throws Error{output_write}.
void write_npy(const std::filesystem::path& file, const TensorView& tensor);

}  // namespace ditto::reenact
