#include "slides/text.h"

#include <fstream>
#include <system_error>

#include "slides/subtitles.h"

namespace ditto::slides {

std::string_view trimmed(std::string_view text, std::string_view blanks) {
    const std::size_t start = text.find_first_not_of(blanks);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

std::optional<std::string> read_text(const std::filesystem::path& file, std::size_t largest) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
    std::string text(largest + 1, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest || !is_text(text)) return std::nullopt;
    return text;
}

}  // namespace ditto::slides
