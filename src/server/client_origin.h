#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.h"

// Who asks, and from which page.
namespace ditto::server {

/// What a proxy in front says of its client.
struct Forwarded {
    /// An IPv4 or IPv6 address, or empty.
    std::string address;
    bool https = false;
};
/// From X-Forwarded-For, whose last entry the nearest proxy has written, and X-Forwarded-Proto.
/// Believe it only where nobody but the proxy can connect.
Forwarded read_forwarded(const Request& request);

/// "https://example.org:8443" in lower case; nothing where it is no origin (RFC 6454, 6.1).
std::optional<std::string> normalized_origin(std::string_view text);
/// "example.org" of "example.org:8080" or "::1" of "[::1]:8080", in lower case; "" where it is
/// none.
std::string host_name(std::string_view host_header);

/// True where a page of another origin sent the request, as far as the browser says.
/// `allowed`: normalized origins that count as our own.
bool is_foreign(const Request& request, const std::vector<std::string>& allowed);

bool is_loopback_name(std::string_view host_name);

}  // namespace ditto::server
