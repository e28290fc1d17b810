#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ditto::hub {

/// "bytes 0-99/1000"; `total` is missing where the server says "*".
struct ContentRange {
    std::int64_t first = 0;
    std::int64_t last = -1;
    std::optional<std::int64_t> total;
};

/// Status and headers of one answer, as far as downloads need them.
struct HttpHead {
    long status = 0;
    std::optional<std::int64_t> content_length;
    std::optional<ContentRange> content_range;
    std::string etag;  // as sent, with its quotes and W/
    std::string location;
    std::string retry_after;
    std::string content_encoding;
    /// The hub's own: what the file is, said before it redirects to where the bytes lie.
    std::string linked_etag;
    std::optional<std::int64_t> linked_size;
    std::string commit;
    std::string error_message;

    /// Takes one line as it came, "HTTP/1.1 200 OK" or "Name: value". A status line starts anew,
    /// but keeps what the hub said.
    void add_line(std::string_view line);
    bool is_redirect() const;
};

/// Without quotes and W/; empty for an empty one.
std::string bare_etag(std::string_view etag);

/// True where two answers with this tag surely hold the same bytes (RFC 9110, 8.8.1).
bool is_strong_etag(std::string_view etag);

std::optional<ContentRange> parse_content_range(std::string_view value);

/// Seconds, or an HTTP date against `now`; never negative. Nothing where it is neither.
std::optional<std::chrono::seconds> parse_retry_after(const std::string& value,
                                                      std::chrono::system_clock::time_point now);

/// The address that `location` means when `base` answers with it; empty where it is none.
std::string resolve_url(const std::string& base, const std::string& location);

/// "https://host:port" in lower case; empty where the text is no http(s) address.
std::string origin_of(const std::string& url);
/// True for https, and for http to this machine: where a token may travel.
bool is_private_channel(const std::string& url);

}  // namespace ditto::hub
