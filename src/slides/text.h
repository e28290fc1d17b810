#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ditto::slides {

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r\n");

/// The whole of a text file; nothing where there is none, or it is larger, or no UTF-8.
std::optional<std::string> read_text(const std::filesystem::path& file, std::size_t largest);

}  // namespace ditto::slides
