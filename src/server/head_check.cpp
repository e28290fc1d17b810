#include "server/head_check.h"

#include <algorithm>
#include <cctype>

namespace ditto::server {
namespace {

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x80 &&
               (std::isalnum(byte) != 0 ||
                std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
    });
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

/// Of the lines after the request line.
struct Fields {
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;

    /// An HTTP status, or 0.
    int add(std::string_view line) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return 400;
        const std::string name = lower(line.substr(0, colon));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (has_control_characters(value)) return 400;
        if (name == "host") ++hosts;
        if (name == "content-length") {
            ++lengths;
            const bool digits = std::all_of(value.begin(), value.end(),
                                            [](char c) { return c >= '0' && c <= '9'; });
            if (value.empty() || value.size() > 18 || !digits) return 400;
        }
        if (name == "transfer-encoding") {
            ++encodings;
            if (lower(value) != "chunked") return 501;
        }
        return 0;
    }

    bool contradictory() const { return hosts != 1 || lengths + encodings > 1; }
};

/// An HTTP status, or 0. `head` ends with its empty line.
int refusal_of(std::string_view head) {
    Fields fields;
    std::size_t count = 0;
    for (std::size_t begin = 0;;) {
        const std::size_t end = head.find("\r\n", begin);
        const std::string_view line = head.substr(begin, end - begin);
        if (line.empty()) break;
        if (begin == 0) {
            if (has_control_characters(line) || line.find('\t') != std::string_view::npos) {
                return 400;
            }
            const std::string_view version = line.substr(line.rfind(' ') + 1);
            if (version.starts_with("HTTP/") && version != "HTTP/1.1" && version != "HTTP/1.0") {
                return 505;
            }
        } else {
            if (++count > max_header_fields) return 431;
            if (const int status = fields.add(line); status != 0) return status;
        }
        begin = end + 2;
    }
    return fields.contradictory() ? 400 : 0;
}

std::optional<int> hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const int letter = std::tolower(static_cast<unsigned char>(c));
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const auto high = hex(text[i + 1]);
            const auto low = hex(text[i + 2]);
            if (!high || !low) return std::nullopt;
            c = static_cast<char>(*high * 16 + *low);
            i += 2;
        }
        result += c;
    }
    if (has_control_characters(result) || !valid_utf8(result)) return std::nullopt;
    return result;
}

bool safe_path(std::string_view path) {
    if (!path.starts_with('/') || path.find('\\') != std::string_view::npos) return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") return false;
        path.remove_prefix(segment.size());
    }
    return true;
}

}  // namespace

HeadState check_head(std::string_view data) {
    const std::size_t end = data.find("\r\n\r\n");
    const std::string_view head = data.substr(0, end == std::string_view::npos ? end : end + 4);
    for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i] == '\n' && (i == 0 || head[i - 1] != '\r')) return {0, 400};
        if (head[i] == '\r' && i + 1 < head.size() && head[i + 1] != '\n') return {0, 400};
        if (head[i] == '\0') return {0, 400};
    }
    if (head.size() > max_head_bytes) return {0, 431};
    if (end == std::string_view::npos) return {};
    return {head.size(), refusal_of(head)};
}

std::optional<Target> parse_target(std::string_view target) {
    Target result;
    const std::size_t question = target.find('?');
    const auto path = decoded(target.substr(0, question), false);
    if (!path || !safe_path(*path)) return std::nullopt;
    result.path = *path;
    std::string_view rest =
        question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    while (!rest.empty()) {
        const std::string_view item = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), item.size() + 1));
        const std::size_t equals = item.find('=');
        const auto name = decoded(item.substr(0, equals), true);
        const auto value = decoded(
            equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1), true);
        if (!name || !value) return std::nullopt;
        result.query[*name] = *value;
    }
    return result;
}

bool valid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
        const unsigned first = byte(i);
        const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || i + length > text.size()) {
            return false;
        }
        unsigned point = length == 1 ? first : first & (0x7fU >> length);
        for (std::size_t k = 1; k < length; ++k) {
            if ((byte(i + k) & 0xc0U) != 0x80) return false;
            point = point << 6 | (byte(i + k) & 0x3fU);
        }
        const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
        if (overlong || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return false;
        i += length;
    }
    return true;
}

}  // namespace ditto::server
