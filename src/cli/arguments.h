#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ditto::cli {

/// The arguments after the program's name, in one spelling: option names with '-' where '_' was
/// written, and the names of Ditto's Python program (--source_path, --audio_path, --output_path)
/// replaced by ours. Values stay as they are, and so does all that follows "--".
std::vector<std::string> canonical_arguments(std::span<const char* const> arguments);

/// The candidate that `word` most likely stands for, or "" where none is near: at most a third of
/// its letters may differ, or it begins the candidate.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace ditto::cli
