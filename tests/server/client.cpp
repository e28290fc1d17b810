#include "client.h"

#include <array>
#include <cctype>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ditto::server {

Client::Client(unsigned short port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{60, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect");
    }
}

Client::~Client() {
    close(socket_);
}

bool Client::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void Client::end_sending() const {
    shutdown(socket_, SHUT_WR);
}

bool Client::read_more() {
    std::array<char, 65536> buffer{};
    const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
    if (count > 0) waiting_.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
}

bool Client::wait_for(const std::string& text) {
    while (waiting_.find(text) == std::string::npos) {
        if (!read_more()) return false;
    }
    return true;
}

bool Client::closed_by_server() {
    while (read_more()) {
    }
    std::array<char, 1> byte{};
    return recv(socket_, byte.data(), 1, MSG_DONTWAIT) == 0;
}

Answer Client::answer(bool bodiless) {
    Answer answer;
    if (!wait_for("\r\n\r\n")) return answer;
    const std::size_t end = waiting_.find("\r\n\r\n");
    std::string head = waiting_.substr(0, end + 2);
    waiting_.erase(0, end + 4);
    answer.status = std::stoi(head.substr(9, 3));
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
        const std::size_t line_end = head.find("\r\n", at);
        const std::size_t colon = head.find(": ", at);
        std::string name = head.substr(at, colon - at);
        for (char& c : name)
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        answer.headers[name] = head.substr(colon + 2, line_end - colon - 2);
        at = line_end + 2;
    }
    const auto length = answer.headers.find("content-length");
    if (bodiless || length == answer.headers.end()) return answer;
    const std::size_t size = std::stoul(length->second);
    while (waiting_.size() < size) {
        if (!read_more()) break;
    }
    answer.body = waiting_.substr(0, size);
    waiting_.erase(0, size);
    return answer;
}

Answer request(unsigned short port, const std::string& method, const std::string& target,
               const std::string& headers, const std::string& body) {
    Client client(port);
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    client.send(text + "\r\n" + body);
    return client.answer(method == "HEAD");
}

std::string form(const std::string& field, const std::string& content) {
    return "--xYzZY\r\nContent-Disposition: form-data; name=\"" + field +
           "\"; filename=\"../../a\\\"b.jpg\"\r\nContent-Type: image/png\r\n\r\n" + content +
           "\r\n--xYzZY--\r\n";
}

}  // namespace ditto::server
