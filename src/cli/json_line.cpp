#include "cli/json_line.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace ditto::cli {
namespace {

/// Length of the UTF-8 sequence at the front of `text`, or 0 where there is none (RFC 3629).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    const unsigned second = byte(1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : length;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (c == '\n') {
        out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
        out += "\\u00";
        out += digits[static_cast<unsigned char>(c) >> 4U];
        out += digits[static_cast<unsigned char>(c) & 15U];
    } else {
        out += c;
    }
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (length == 1) {
            append_escaped(out, text.front());
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out + '"';
}

void JsonLine::begin(std::string_view name) {
    members_ += members_.empty() ? "{" : ",";
    members_ += json_string(name) + ":";
}

void JsonLine::add(std::string_view name, std::string_view value) {
    begin(name);
    members_ += json_string(value);
}

void JsonLine::add(std::string_view name, std::int64_t value) {
    begin(name);
    members_ += std::to_string(value);
}

void JsonLine::add(std::string_view name, double value) {
    begin(name);
    if (!std::isfinite(value)) {
        members_ += "null";
        return;
    }
    std::array<char, 400> buffer{};
    const auto end =
        std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed, 3).ptr;
    members_.append(buffer.begin(), end);
}

void JsonLine::add(std::string_view name, const MessageValues& values) {
    begin(name);
    std::string members;
    for (const auto& [key, value] : values) {
        if (!members.empty()) members += ',';
        members += json_string(key) + ":" + json_string(value);
    }
    members_ += "{" + members + "}";
}

}  // namespace ditto::cli
