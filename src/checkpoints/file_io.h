#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

namespace ditto::checkpoints {

/// Writes `path` through a temporary file that is renamed at the end, so that nobody ever sees half
/// a file; makes its folder. Throws Error{model_write}.
void save_file(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);

/// The whole file. Throws Error{model_missing}, Error{model_corrupt} where it is larger than
/// `limit` bytes or cannot be read.
std::string load_file(const std::filesystem::path& path, std::uint64_t limit);

}  // namespace ditto::checkpoints
