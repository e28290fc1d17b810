#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

struct sockaddr;

namespace ditto::hub {

struct PostRequest {
    /// http or https.
    std::string url;
    /// "Name: value" each.
    std::vector<std::string> headers;
    std::string body;
    /// For the whole exchange.
    std::chrono::seconds limit{10};
    /// Also to addresses that the internet does not route: this computer, the local network, a
    /// cloud's metadata.
    bool allow_private = false;
};

struct PostOutcome {
    /// Of the answer; 0: there was none, `problem` says why.
    int status = 0;
    std::string problem;
};

/// Sends one request whose address a client chose. Redirects are not followed, the answer's body is
/// dropped, and what is checked is the address that is connected to, so that no name can point
/// elsewhere meanwhile; for the same reason no proxy is used unless `allow_private`.
PostOutcome post(const PostRequest& request, const std::stop_token& stop = {});

/// False for addresses that only mean something nearby (RFC 6890), also where they are wrapped in
/// an IPv6 address.
bool is_public_address(const sockaddr& address);

}  // namespace ditto::hub
