#include "server/connection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <unistd.h>

#include "base/error.h"
#include "server/head_check.h"
#include "server/multipart.h"

namespace ditto::server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Parser = http::request_parser<http::buffer_body>;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::chrono::milliseconds event_interval{500};

std::string head_of(const Response& response, bool keep_alive, std::int64_t length) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " +
                       std::string(status_text(response.status)) + "\r\n";
    const auto add = [&](std::string_view name, std::string_view value) {
        head.append(name).append(": ").append(value).append("\r\n");
    };
    for (const auto& [name, value] : response.headers)
        add(name, value);
    if (length >= 0 && response.status != 304 && response.status != 204)
        add("Content-Length", std::to_string(length));
    add("Connection", keep_alive ? "keep-alive" : "close");
    return head + "\r\n";
}

/// Of a head that check_head() accepts. False where the target is refused.
bool read_request(const Parser& parser, Request& request) {
    const auto& message = parser.get();
    request.method = std::string(message.method_string());
    const auto target = message.target();
    auto parsed = parse_target({target.data(), target.size()});
    if (!parsed) return false;
    request.path = std::move(parsed->path);
    request.query = std::move(parsed->query);
    for (const auto& field : message) {
        std::string name(field.name_string());
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        request.headers[name] = std::string(field.value());
    }
    return true;
}

/// Counts the connections of an address while it lives.
class ConnectionCount {
  public:
    ConnectionCount(std::map<std::string, int>& counts, std::string address)
        : counts_(counts), address_(std::move(address)) {
        ++counts_[address_];
    }
    ~ConnectionCount() {
        if (--counts_[address_] == 0) counts_.erase(address_);
    }
    ConnectionCount(const ConnectionCount&) = delete;
    ConnectionCount& operator=(const ConnectionCount&) = delete;

  private:
    std::map<std::string, int>& counts_;
    std::string address_;
};

/// One client. All but blocking() runs in the server's thread.
class Connection {
  public:
    Connection(HttpServer::State& server, tcp::socket socket, const std::string& address)
        : server_(server),
          stream_(std::move(socket)),
          address_(address),
          count_(server.connections, address) {}

    asio::awaitable<void> run() {
        while (!server_.stopping) {
            const int refused = co_await read_head();
            if (refused < 0) break;
            bool goes_on = false;
            if (refused > 0) {
                head_only_ = false;
                begin();
                co_await refuse(refused);
            } else {
                goes_on = co_await serve_one();
            }
            if (!goes_on) break;
        }
        co_await linger();
    }

  private:
    void begin() {
        began_ = std::chrono::steady_clock::now();
        sent_ = 0;
        request_ = Request{};
        request_.peer = address_;
    }

    /// 0, an HTTP status to refuse with, or -1 where the connection is to be closed.
    asio::awaitable<int> read_head() {
        stream_.expires_after(server_.settings.head_timeout);
        for (;;) {
            const auto data = buffer_.cdata();
            const HeadState head = check_head({static_cast<const char*>(data.data()), data.size()});
            if (head.refused != 0) co_return head.refused;
            if (head.size != 0) co_return 0;
            const auto [error, count] =
                co_await stream_.async_read_some(buffer_.prepare(4096), no_throw);
            if (error) co_return -1;
            buffer_.commit(count);
        }
    }

    asio::awaitable<bool> serve_one() {
        begin();
        Parser parser;
        parser.header_limit(2 * max_head_bytes);
        parser.body_limit(boost::none);
        {
            const auto [error, count] =
                co_await http::async_read_header(stream_, buffer_, parser, no_throw);
            static_cast<void>(count);
            if (error) co_return co_await refuse(400);
        }
        goes_on_ = parser.get().keep_alive();
        if (!read_request(parser, request_)) co_return co_await refuse(400);
        server_.handler.begin(request_);
        head_only_ = request_.method == "HEAD";
        if (head_only_) request_.method = "GET";
        const int refused = co_await read_body(parser);
        if (refused < 0) co_return false;
        if (refused > 0) co_return co_await refuse(refused);
        if (!response_) {
            co_await to(request_.method == "POST" ? server_.work_pool : server_.pool);
            response_ = server_.handler.handle(request_);
            request_.upload.reset();
            co_await to_server();
        }
        co_return co_await respond();
    }

    /// Fills response_ where the head alone decides it. Returns as read_head().
    asio::awaitable<int> read_body(Parser& parser) {
        BodyPlan plan;
        try {
            plan = server_.handler.plan(request_);
        } catch (const Refusal& refusal) {
            response_ = refusal.response;
        }
        if (response_) {
            // The body stays unread: nothing that follows can be a request.
            if (!parser.is_done()) goes_on_ = false;
            co_return 0;
        }
        request_.upload = plan.upload;
        request_.max_body_bytes = plan.max_bytes;
        const auto length = parser.content_length();
        if (length && *length > static_cast<std::uint64_t>(plan.max_bytes)) co_return 413;
        const std::string& expect = request_.header("expect");
        if (!parser.is_done() && !expect.empty()) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            stream_.expires_after(server_.settings.write_timeout);
            const auto [error, count] = co_await asio::async_write(
                stream_, asio::buffer(go_on.data(), go_on.size()), no_throw);
            static_cast<void>(count);
            if (error) co_return -1;
        }
        co_return co_await receive(parser, plan);
    }

    asio::awaitable<int> receive(Parser& parser, const BodyPlan& plan) {
        const auto& settings = server_.settings;
        const std::int64_t whole = static_cast<std::int64_t>(
            parser.content_length().value_or(static_cast<std::uint64_t>(plan.max_bytes)));
        stream_.expires_after(settings.body_timeout +
                              std::chrono::seconds(whole / settings.lowest_bytes_per_s));
        std::vector<char> piece(parser.is_done() ? 0 : piece_bytes);
        std::int64_t received = 0;
        while (!parser.is_done()) {
            parser.get().body().data = piece.data();
            parser.get().body().size = piece.size();
            const auto [error, count] =
                co_await http::async_read(stream_, buffer_, parser, no_throw);
            static_cast<void>(count);
            if (error && error != http::error::need_buffer) {
                co_return error.category() ==
                            http::make_error_code(http::error::bad_chunk).category() &&
                        error != http::error::end_of_stream&& error != http::error::partial_message
                    ? 400
                    : -1;
            }
            const std::size_t size = piece.size() - parser.get().body().size;
            received += static_cast<std::int64_t>(size);
            if (received > plan.max_bytes) co_return 413;
            const int refused = co_await keep({piece.data(), size});
            if (refused != 0) co_return refused;
        }
        co_return 0;
    }

    asio::awaitable<int> keep(std::string_view bytes) {
        if (!request_.upload) {
            request_.body += bytes;
            co_return 0;
        }
        int refused = 0;
        co_await to_pool();
        try {
            if (!request_.upload->push(bytes)) refused = 400;
        } catch (const Error& error) {
            refused = error.code() == ErrorCode::disk_full ? 507 : 500;
        }
        co_await to_server();
        co_return refused;
    }

    asio::awaitable<bool> refuse(int status) {
        goes_on_ = false;
        if (request_.id.empty()) server_.handler.begin(request_);
        response_ = server_.handler.refuse(status, request_);
        request_.upload.reset();
        co_return co_await respond();
    }

    /// True where the connection can be used again.
    asio::awaitable<bool> respond() {
        Response response = std::move(*response_);
        response_.reset();
        server_.handler.dress(request_, response);
        const bool goes_on = goes_on_ && !server_.stopping && !response.events;
        const std::int64_t length = response.events ? -1
                                    : response.file
                                        ? response.file->length
                                        : static_cast<std::int64_t>(response.body.size());
        std::string text = head_of(response, goes_on, length);
        const bool body = !head_only_ && response.status != 304;
        if (body && !response.file && !response.events) text += response.body;
        bool sent = co_await send(text);
        if (sent && body && response.file) sent = co_await send_file(*response.file);
        if (sent && body && response.events) sent = co_await send_events(response.events);
        server_.handler.done({request_, response.status, response.job_id, response.batch_id, sent_,
                              std::chrono::steady_clock::now() - began_});
        co_return sent&& goes_on;
    }

    asio::awaitable<bool> send(std::string_view text) {
        stream_.expires_after(server_.settings.write_timeout);
        const auto [error, count] =
            co_await asio::async_write(stream_, asio::buffer(text.data(), text.size()), no_throw);
        sent_ += static_cast<std::int64_t>(count);
        co_return !error;
    }

    asio::awaitable<bool> send_file(FilePart part) {
        std::vector<char> piece(4 * piece_bytes);
        while (part.length > 0) {
            const auto wanted =
                static_cast<std::size_t>(std::min<std::int64_t>(part.length, 4 * piece_bytes));
            co_await to_pool();
            const ssize_t count = pread(part.file->descriptor(), piece.data(), wanted, part.offset);
            co_await to_server();
            // A file that became shorter: the client sees a cut answer, not a wrong one.
            if (count <= 0) co_return false;
            const bool sent = co_await send({piece.data(), static_cast<std::size_t>(count)});
            if (!sent) co_return false;
            part.offset += count;
            part.length -= count;
        }
        co_return true;
    }

    asio::awaitable<bool> send_events(const std::function<EventStep()>& events) {
        asio::steady_timer timer(server_.io);
        while (!server_.stopping) {
            co_await to_pool();
            EventStep step{"", true};
            try {
                step = events();
            } catch (const std::exception&) {
                // A full or locked disk: the stream ends, and the client comes back.
            }
            co_await to_server();
            if (!step.text.empty()) {
                const bool sent = co_await send(step.text);
                if (!sent) co_return false;
            }
            if (step.last) co_return true;
            timer.expires_after(event_interval);
            const auto [error] = co_await timer.async_wait(no_throw);
            if (error) co_return false;
        }
        co_return true;
    }

    /// Closing with unread bytes would make the system cut off the response: read some of them.
    asio::awaitable<void> linger() {
        beast::error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        stream_.expires_after(std::chrono::seconds(2));
        std::array<char, 4096> rest{};
        for (int i = 0; i < 256 && !server_.stopping; ++i) {
            const auto [error, count] =
                co_await stream_.async_read_some(asio::buffer(rest), no_throw);
            if (error || count == 0) break;
        }
    }

    /// What follows runs in the pool, until to_server().
    asio::awaitable<void> to_pool() { return to(server_.pool); }
    static asio::awaitable<void> to(asio::thread_pool& pool) {
        return asio::post(asio::bind_executor(pool.get_executor(), asio::use_awaitable));
    }
    asio::awaitable<void> to_server() {
        return asio::post(asio::bind_executor(server_.io.get_executor(), asio::use_awaitable));
    }

    HttpServer::State& server_;
    beast::tcp_stream stream_;
    const std::string address_;
    ConnectionCount count_;
    beast::flat_buffer buffer_;
    Request request_;
    std::optional<Response> response_;
    std::chrono::steady_clock::time_point began_;
    std::int64_t sent_ = 0;
    bool head_only_ = false;
    bool goes_on_ = false;
};

}  // namespace

asio::awaitable<void> serve_client(HttpServer::State& server, tcp::socket socket,
                                   std::string address) {
    Connection connection(server, std::move(socket), address);
    co_await connection.run();
}

}  // namespace ditto::server
