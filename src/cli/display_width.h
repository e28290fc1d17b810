#pragma once

#include <cstddef>
#include <string_view>

namespace ditto::cli {

/// Columns of UTF-8 text on a terminal, as far as this program's own texts go: Chinese characters
/// and full-width punctuation take two, everything else one.
inline int display_width(std::string_view text) {
    int width = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) == 0x80U) continue;
        width += byte >= 0xE3 ? 2 : 1;
    }
    return width;
}

/// The front of `text` that fits into `columns`.
inline std::string_view clipped(std::string_view text, int columns) {
    std::size_t end = 0;
    while (end < text.size()) {
        std::size_t next = end + 1;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) {
            ++next;
        }
        if (display_width(text.substr(0, next)) > columns) break;
        end = next;
    }
    return text.substr(0, end);
}

}  // namespace ditto::cli
