#pragma once

#include <string>

namespace ditto::cli {

/// Writes a file whole or not at all: under another name first. Throws Error{folder_unwritable}.
void write_whole(const std::string& path, const std::string& content);

}  // namespace ditto::cli
