#pragma once

#include <filesystem>
#include <string>

// One place that tells why a file could not be written; also asked before long work begins.
namespace ditto::media {

/// Throws Error{output_folder} unless the folder of `path` exists and can be written, and
/// Error{output_write} where something that is no plain file has that name.
void check_output_folder(const std::filesystem::path& path);

/// Throws the Error for a system error number: output_full, output_folder or output_write.
[[noreturn]] void throw_output_error(int error_number, const std::filesystem::path& path,
                                     std::string detail = {});

}  // namespace ditto::media
