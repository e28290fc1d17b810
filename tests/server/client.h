#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

// An HTTP client that sends exactly the bytes it is given.
namespace ditto::server {

struct Answer {
    int status = 0;
    /// Names in lower case.
    std::map<std::string, std::string> headers;
    std::string body;

    nlohmann::json json() const { return nlohmann::json::parse(body); }
    std::string detail() const { return json().at("detail").get<std::string>(); }
};

class Client {
  public:
    explicit Client(unsigned short port);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// False where the server has closed the connection.
    bool send(std::string_view bytes) const;
    /// Nothing more will be sent.
    void end_sending() const;
    /// The next response; status 0 where the connection ends before one. `bodiless`: to HEAD.
    Answer answer(bool bodiless = false);
    /// Reads until `text` has come, or the connection ends.
    bool wait_for(const std::string& text);
    bool closed_by_server();

  private:
    bool read_more();

    int socket_;
    std::string waiting_;
};

/// One request on a connection of its own. `headers` such as "Range: bytes=0-1\r\n".
Answer request(unsigned short port, const std::string& method, const std::string& target,
               const std::string& headers = "", const std::string& body = "");

/// A form with one file, and the header that belongs to it.
std::string form(const std::string& field, const std::string& content);
inline const std::string form_header = "Content-Type: multipart/form-data; boundary=xYzZY\r\n";

}  // namespace ditto::server
