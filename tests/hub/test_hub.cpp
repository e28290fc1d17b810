#include "test_hub.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hub/digest.h"

namespace ditto::hub::testing {
namespace {

std::string sha256_hex(const std::string& text) {
    Digest digest = Digest::sha256();
    digest.update(std::as_bytes(std::span(text)));
    return digest.hex();
}

std::string git_hex(const std::string& text) {
    Digest digest = Digest::git_blob(static_cast<std::int64_t>(text.size()));
    digest.update(std::as_bytes(std::span(text)));
    return digest.hex();
}

bool send_all(int connection, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t put = send(connection, data, size, MSG_NOSIGNAL);
        if (put <= 0) return false;
        data += put;
        size -= static_cast<std::size_t>(put);
    }
    return true;
}

bool send_text(int connection, const std::string& text) {
    return send_all(connection, text.data(), text.size());
}

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

/// Reads one request's head; false at the end of the connection.
bool read_request(int connection, std::string& buffer, SeenRequest& request) {
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
        char piece[4096];
        const ssize_t got = recv(connection, piece, sizeof piece, 0);
        if (got <= 0) return false;
        buffer.append(piece, static_cast<std::size_t>(got));
    }
    const std::string head = buffer.substr(0, end + 2);
    buffer.erase(0, end + 4);
    const auto first_space = head.find(' ');
    const auto second_space = head.find(' ', first_space + 1);
    request.method = head.substr(0, first_space);
    request.target = head.substr(first_space + 1, second_space - first_space - 1);
    for (auto at = head.find("\r\n") + 2; at < head.size();) {
        const auto line_end = head.find("\r\n", at);
        const std::string line = head.substr(at, line_end - at);
        const auto colon = line.find(": ");
        if (colon != std::string::npos) {
            request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
        }
        at = line_end + 2;
    }
    return true;
}

std::string header_of(const SeenRequest& request, const std::string& name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string() : found->second;
}

}  // namespace

TestHub::TestHub() {
    hub_listener_ = listen_on_loopback(hub_port_);
    store_listener_ = listen_on_loopback(store_port_);
    accepting_.emplace_back([this] { accept_loop(hub_listener_, "hub"); });
    accepting_.emplace_back([this] { accept_loop(store_listener_, "store"); });
}

TestHub::~TestHub() {
    stopping_ = true;
    shutdown(hub_listener_, SHUT_RDWR);
    shutdown(store_listener_, SHUT_RDWR);
    for (std::thread& thread : accepting_)
        thread.join();
    close(hub_listener_);
    close(store_listener_);
    std::unique_lock lock(mutex_);
    for (const auto& [connection, open] : open_)
        shutdown(connection, SHUT_RDWR);
    idle_.wait(lock, [this] { return serving_ == 0; });
}

void TestHub::put(const std::string& name, std::string content, Misbehaviour misbehaviour) {
    const std::lock_guard lock(mutex_);
    File& file = files_[name];
    file = File{};
    set_content(file, std::move(content));
    file.misbehaviour = std::move(misbehaviour);
}

void TestHub::set_content(File& file, std::string content) {
    file.sha256 = sha256_hex(content);
    file.git_name = git_hex(content);
    file.content = std::make_shared<const std::string>(std::move(content));
}

std::vector<SeenRequest> TestHub::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

int TestHub::listen_on_loopback(int& port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (bind(listener, generic, size) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, generic, &size) != 0) {
        throw std::runtime_error("no port on the loopback interface");
    }
    port = ntohs(address.sin_port);
    return listener;
}

void TestHub::accept_loop(int listener, const char* server) {
    while (!stopping_) {
        const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        const int on = 1;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::lock_guard lock(mutex_);
        open_[connection] = true;
        ++serving_;
        std::thread([this, connection, server] { serve(connection, server); }).detach();
    }
}

void TestHub::serve(int connection, const char* server) {
    std::string buffer;
    while (!stopping_) {
        SeenRequest request;
        request.server = server;
        if (!read_request(connection, buffer, request)) break;
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        if (!answer(connection, request)) break;
    }
    const std::lock_guard lock(mutex_);
    open_.erase(connection);
    close(connection);
    --serving_;
    idle_.notify_all();
}

bool TestHub::answer(int connection, const SeenRequest& request) {
    // A request through a proxy names the whole address.
    std::string path = request.target;
    if (path.starts_with("http://")) path = path.substr(path.find('/', 7));
    path = path.substr(0, path.find('?'));
    std::string name = path;
    if (const auto at = path.find("/resolve/"); at != path.npos) {
        name = path.substr(path.find('/', at + 9) + 1);
    } else if (path.starts_with("/blob/")) {
        name = path.substr(6);
    } else {
        name = path.substr(1);
    }
    File* file = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = files_.find(name); found != files_.end()) file = &found->second;
    }
    if (file == nullptr) {
        return send_text(connection,
                         "HTTP/1.1 404 Not Found\r\nX-Error-Code: EntryNotFound\r\n"
                         "X-Error-Message: Entry not found\r\nContent-Length: 0\r\n\r\n");
    }
    if (file->misbehaviour.delay_ms > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(file->misbehaviour.delay_ms));
    }
    return request.server == "hub" ? answer_hub(connection, request, *file)
                                   : answer_bytes(connection, request, *file);
}

bool TestHub::answer_status(int connection, File& file) {
    const Misbehaviour& bad = file.misbehaviour;
    return send_text(
        connection,
        "HTTP/1.1 " + std::to_string(bad.status) + " No\r\n" +
            (bad.retry_after.empty() ? "" : "Retry-After: " + bad.retry_after + "\r\n") +
            "Content-Length: 4\r\n\r\nbusy");
}

bool TestHub::answer_hub(int connection, const SeenRequest& request, File& file) {
    const Misbehaviour& bad = file.misbehaviour;
    if (bad.refuses_head && request.method == "HEAD") {
        return send_text(connection, "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n");
    }
    if (bad.hub_serves_bytes) return answer_bytes(connection, request, file);
    std::string head;
    {
        const std::lock_guard lock(mutex_);
        if (bad.status_from_hub && file.statuses < bad.status_times) {
            ++file.statuses;
            head = "busy";
        } else {
            ++file.signature;
            file.signed_uses = 0;
            head = "HTTP/1.1 302 Found\r\nContent-Length: 10\r\nX-Repo-Commit: 0123abcd\r\n";
            if (!bad.no_linked_headers) {
                head += "X-Linked-Size: " + std::to_string(file.content->size()) +
                        "\r\nX-Linked-Etag: \"" + file.sha256 + "\"\r\n";
            }
            const std::string target = request.target.substr(request.target.find("/resolve/") + 9);
            head += "Location: " +
                    (bad.redirect_to.empty()
                         ? store_endpoint() + "/blob/" + target.substr(target.find('/') + 1) +
                               "?sig=" + std::to_string(file.signature)
                         : bad.redirect_to) +
                    "\r\n\r\n";
        }
    }
    if (head == "busy")
        return request.method == "HEAD"
                   ? send_text(connection, "HTTP/1.1 " + std::to_string(bad.status) +
                                               " No\r\nRetry-After: " + bad.retry_after +
                                               "\r\nContent-Length: 4\r\n\r\n")
                   : answer_status(connection, file);
    return send_text(connection, request.method == "HEAD" ? head : head + "redirected");
}

bool TestHub::answer_bytes(int connection, const SeenRequest& request, File& file) {
    Misbehaviour bad;
    std::shared_ptr<const std::string> content;
    std::string tag;
    bool refuse = false;
    bool expired = false;
    int number = 0;
    {
        const std::lock_guard lock(mutex_);
        bad = file.misbehaviour;
        const bool changed = bad.etag_changes_at >= 0 && file.sent >= bad.etag_changes_at;
        if (changed) {
            set_content(file, bad.changed_content);
            file.misbehaviour.etag_changes_at = -1;
        }
        content = file.content;
        tag = bad.hub_serves_bytes ? file.git_name : file.sha256;
        refuse = !bad.status_from_hub && file.statuses < bad.status_times;
        if (refuse) ++file.statuses;
        if (request.method == "GET" && !refuse) number = file.answers++;
        expired = bad.expires_after > 0 && ++file.signed_uses > bad.expires_after;
    }
    if (refuse) return answer_status(connection, file);
    if (expired) return send_text(connection, "HTTP/1.1 403 Expired\r\nContent-Length: 0\r\n\r\n");

    const bool git = bad.hub_serves_bytes;
    const std::string etag = std::string(bad.weak_etag ? "W/" : "") + "\"" + tag + "\"";
    const auto size = static_cast<std::int64_t>(content->size());
    std::int64_t first = 0;
    std::int64_t last = size - 1;
    bool partial = false;
    const std::string range = header_of(request, "range");
    const std::string if_range = header_of(request, "if-range");
    if (range.starts_with("bytes=") && !bad.no_ranges && (if_range.empty() || if_range == etag)) {
        partial = true;
        first = std::stoll(range.substr(6));
        const auto dash = range.find('-');
        if (dash + 1 < range.size())
            last = std::min(last, std::int64_t{std::stoll(range.substr(dash + 1))});
        if (first >= size) {
            return send_text(connection, "HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n");
        }
    }
    std::string_view body = std::string_view(*content).substr(
        static_cast<std::size_t>(first), static_cast<std::size_t>(last - first + 1));
    std::string spoilt;
    if (number < bad.wrong_bytes_times && !body.empty()) {
        spoilt = body;
        spoilt[spoilt.size() / 2] ^= 1;
        body = spoilt;
    }
    if (number < bad.wrong_length_times && body.size() > 100) body.remove_suffix(100);

    std::string head = partial ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n";
    if (partial) {
        const auto total = number < bad.wrong_length_times ? size - 100 : size;
        head += "Content-Range: bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
                std::to_string(total) + "\r\n";
    }
    if (!bad.no_etag) head += "ETag: " + etag + "\r\n";
    if (git) head += "X-Repo-Commit: 0123abcd\r\n";
    if (bad.gzip) head += "Content-Encoding: gzip\r\n";
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    if (!send_text(connection, head)) return false;
    if (request.method == "HEAD") return true;
    const bool slow = number < bad.trickle_times;
    return send_body(connection, file, body, bad.cut_every > 0 ? bad.cut_every : size + 1,
                     slow ? bad.trickle_bytes_per_s : 0);
}

bool TestHub::send_body(int connection, File& file, std::string_view body, std::int64_t limit,
                        int bytes_per_s) {
    const std::size_t step =
        bytes_per_s > 0 ? static_cast<std::size_t>(std::max(1, bytes_per_s / 20)) : 256 * 1024;
    const auto end = std::min(body.size(), static_cast<std::size_t>(limit));
    for (std::size_t at = 0; at < end && !stopping_; at += step) {
        const std::size_t piece = std::min(step, end - at);
        if (!send_all(connection, body.data() + at, piece)) return false;
        bytes_sent_ += static_cast<std::int64_t>(piece);
        {
            const std::lock_guard lock(mutex_);
            file.sent += static_cast<std::int64_t>(piece);
        }
        if (on_bytes) on_bytes(bytes_sent_);
        if (bytes_per_s > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return end == body.size();
}

}  // namespace ditto::hub::testing
