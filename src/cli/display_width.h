#pragma once

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

}  // namespace ditto::cli
