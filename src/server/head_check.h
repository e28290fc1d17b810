#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ditto::server {

/// What the first bytes of a connection hold.
struct HeadState {
    /// Bytes of a complete head, with its empty line; 0: more must come.
    std::size_t size = 0;
    /// An HTTP status where it must be refused, else 0.
    int refused = 0;
};

inline constexpr std::size_t max_head_bytes = 16 * 1024;
inline constexpr std::size_t max_header_fields = 64;

/// Stricter than parsers are, so that no proxy in front can read a request otherwise than we do
/// (RFC 9112, sections 2.2, 5.1, 5.2 and 6.3): every line ends in CR LF, no folded lines, no
/// control characters, no space before a colon, one Host, at most one Content-Length of digits
/// only, Transfer-Encoding nothing but "chunked" and never beside a Content-Length.
HeadState check_head(std::string_view data);

struct Target {
    std::string path;
    std::map<std::string, std::string> query;
};

/// Decodes the target of a request line. Nothing where it is no absolute path, is wrongly encoded,
/// or holds control characters, invalid UTF-8, backslashes, or "." or ".." as a segment.
std::optional<Target> parse_target(std::string_view target);

bool valid_utf8(std::string_view text);

}  // namespace ditto::server
