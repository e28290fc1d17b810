#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "hub/http_head.h"

namespace ditto::hub {

struct HttpSettings {
    std::string user_agent;
    /// Sent as a bearer token to `token_origin` and to nobody else; may be empty.
    std::string token;
    std::string token_origin;
    std::chrono::seconds connect_limit{20};
    /// An exchange that moves less than 1 KiB/s for this long is broken off.
    std::chrono::seconds stall_limit{30};
};

struct HttpRequest {
    std::string url;
    /// HEAD; a redirect to another server is then the answer itself.
    bool head_only = false;
    /// "0-99", "100-" or empty for everything.
    std::string range;
    /// A strong ETag: the range holds only for this very file.
    std::string if_range;
};

struct HttpOutcome {
    /// Everything arrived, with whatever status; false: `problem` says why not.
    bool complete = false;
    /// Trying again cannot help (a certificate, a bad address).
    bool permanent = false;
    std::string problem;
    HttpHead head;
    /// Who answered in the end, after redirects.
    std::string url;
};

/// What one exchange tells; called from within HttpClient::step().
struct HttpHandlers {
    /// The final answer's head, before its first byte. False ends the exchange. May be empty.
    std::function<bool(const HttpHead&, const std::string& url)> on_head;
    /// Body bytes in order. False ends the exchange. May be empty: bytes are dropped.
    std::function<bool(std::span<const std::byte>)> on_data;
    std::function<void(const HttpOutcome&)> on_done;
};

/// Many HTTP exchanges at once in one thread. Redirects are followed here, by hand, so that the
/// token stays with its host and https never turns into http. Proxies come from the environment
/// (https_proxy, http_proxy, no_proxy), as libcurl reads it.
class HttpClient {
  public:
    explicit HttpClient(HttpSettings settings);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    void start(HttpRequest request, HttpHandlers handlers);
    std::size_t active() const;
    /// Moves everything on; waits at most `wait` where nothing is to be done.
    void step(std::chrono::milliseconds wait);
    /// Ends a waiting step(). From any thread.
    void wake();

  private:
    struct Exchange;
    struct State;
    void begin(Exchange& exchange);
    void finish(Exchange& exchange, int result);
    static bool is_followed(const Exchange& exchange);
    bool follow(Exchange& exchange);

    std::unique_ptr<State> state_;
};

}  // namespace ditto::hub
