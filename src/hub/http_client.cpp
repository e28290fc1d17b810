#include "hub/http_client.h"

#include <algorithm>
#include <array>
#include <exception>
#include <list>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "hub/curl_functions.h"

namespace ditto::hub {
namespace {

constexpr int most_redirects = 8;

struct MultiDeleter {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};

void append(HeaderList& list, const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list.get(), line.c_str())) {
        static_cast<void>(list.release());
        list.reset(longer);
    }
}

bool is_permanent(CURLcode code) {
    switch (code) {
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_TOO_MANY_REDIRECTS:
            return true;
        default:
            return false;
    }
}

}  // namespace

struct HttpClient::Exchange {
    HttpRequest request;
    HttpHandlers handlers;
    EasyPtr easy{curl_easy_init()};
    HeaderList headers;
    std::array<char, CURL_ERROR_SIZE> problem{};
    std::string url;
    HttpHead head;
    int redirects = 0;
    bool announced = false;
    bool ended_here = false;
    std::exception_ptr thrown;

    /// False where the exchange is to end. Redirects' own bodies are not announced.
    bool announce() {
        if (announced || head.is_redirect()) return true;
        announced = true;
        return guard([&] { return !handlers.on_head || handlers.on_head(head, url); });
    }

    template <class Call>
    bool guard(Call call) {
        try {
            if (call()) return true;
        } catch (...) {  // must not pass through C code: kept and thrown again by finish()
            thrown = std::current_exception();
        }
        ended_here = true;
        return false;
    }

    static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self) {
        static_cast<Exchange*>(self)->head.add_line({text, size * count});
        return size * count;
    }

    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
        Exchange& exchange = *static_cast<Exchange*>(self);
        const std::size_t bytes = size * count;
        if (exchange.head.is_redirect()) return bytes;
        if (!exchange.announce()) return 0;
        if (!exchange.handlers.on_data) return bytes;
        const auto view = std::as_bytes(std::span(data, bytes));
        return exchange.guard([&] { return exchange.handlers.on_data(view); }) ? bytes : 0;
    }
};

struct HttpClient::State {
    HttpSettings settings;
    std::unique_ptr<CURLM, MultiDeleter> multi;
    std::list<Exchange> exchanges;
};

HttpClient::HttpClient(HttpSettings settings) : state_(std::make_unique<State>()) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    state_->settings = std::move(settings);
    state_->multi.reset(curl_multi_init());
    if (!state_->multi) throw Error(ErrorCode::memory);
}

HttpClient::~HttpClient() {
    for (Exchange& exchange : state_->exchanges) {
        curl_multi_remove_handle(state_->multi.get(), exchange.easy.get());
    }
}

void HttpClient::start(HttpRequest request, HttpHandlers handlers) {
    Exchange& exchange = state_->exchanges.emplace_back();
    if (!exchange.easy) throw Error(ErrorCode::memory);
    exchange.url = request.url;
    exchange.request = std::move(request);
    exchange.handlers = std::move(handlers);
    begin(exchange);
}

void HttpClient::begin(Exchange& exchange) {
    const HttpSettings& settings = state_->settings;
    CURL* easy = exchange.easy.get();
    exchange.headers.reset();
    append(exchange.headers, "Accept-Encoding: identity");
    if (!settings.token.empty() && origin_of(exchange.url) == settings.token_origin &&
        is_private_channel(exchange.url)) {
        append(exchange.headers, "Authorization: Bearer " + settings.token);
    }
    if (!exchange.request.if_range.empty()) {
        append(exchange.headers, "If-Range: " + exchange.request.if_range);
    }
    curl_easy_setopt(easy, CURLOPT_URL, exchange.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &exchange);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange.headers.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, settings.user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_NOBODY, exchange.request.head_only ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_RANGE,
                     exchange.request.range.empty() ? nullptr : exchange.request.range.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    // Several connections, not one shared by several streams: that is what makes parts faster.
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.problem.data());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT,
                     static_cast<long>(settings.connect_limit.count()));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1024L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.stall_limit.count()));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl_multi_add_handle(state_->multi.get(), easy);
}

/// A question about a file stops where it would leave the server: another host's signed address
/// answers GET only, and what is asked for stands in the redirect itself.
bool HttpClient::is_followed(const Exchange& exchange) {
    if (!exchange.head.is_redirect()) return false;
    const std::string next = resolve_url(exchange.url, exchange.head.location);
    return !exchange.request.head_only || origin_of(next) == origin_of(exchange.url);
}

bool HttpClient::follow(Exchange& exchange) {
    if (!is_followed(exchange)) return false;
    const std::string next = resolve_url(exchange.url, exchange.head.location);
    const std::string origin = origin_of(next);
    const bool downgraded = exchange.url.starts_with("https://") && !origin.starts_with("https://");
    if (origin.empty() || downgraded || ++exchange.redirects > most_redirects) return false;
    exchange.url = next;
    begin(exchange);
    return true;
}

void HttpClient::finish(Exchange& exchange, int result) {
    curl_multi_remove_handle(state_->multi.get(), exchange.easy.get());
    auto code = static_cast<CURLcode>(result);
    if (code == CURLE_OK && follow(exchange)) return;

    if (code == CURLE_OK) exchange.announce();
    HttpOutcome outcome;
    outcome.head = exchange.head;
    outcome.url = exchange.url;
    if (code == CURLE_OK && is_followed(exchange)) {
        outcome.permanent = true;
        outcome.problem = "a redirect that leads nowhere safe: " + exchange.head.location;
    } else if (exchange.ended_here || code == CURLE_OK) {
        outcome.complete = code == CURLE_OK;
    } else {
        outcome.permanent = is_permanent(code);
        outcome.problem =
            exchange.problem[0] != '\0' ? exchange.problem.data() : curl_easy_strerror(code);
    }
    const auto on_done = std::move(exchange.handlers.on_done);
    const auto thrown = exchange.thrown;
    state_->exchanges.remove_if([&](const Exchange& other) { return &other == &exchange; });
    if (thrown) std::rethrow_exception(thrown);
    on_done(outcome);
}

std::size_t HttpClient::active() const {
    return state_->exchanges.size();
}

void HttpClient::step(std::chrono::milliseconds wait) {
    int running = 0;
    curl_multi_perform(state_->multi.get(), &running);
    int queued = 0;
    bool moved = false;
    while (CURLMsg* message = curl_multi_info_read(state_->multi.get(), &queued)) {
        if (message->msg != CURLMSG_DONE) continue;
        char* exchange = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        finish(*reinterpret_cast<Exchange*>(exchange), message->data.result);
        moved = true;
    }
    if (!moved) {
        curl_multi_poll(state_->multi.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
    }
}

void HttpClient::wake() {
    curl_multi_wakeup(state_->multi.get());
}

}  // namespace ditto::hub
