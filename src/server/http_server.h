#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "server/http.h"

namespace ditto::server {

struct ServerSettings {
    std::string host = "127.0.0.1";
    /// 0: the system chooses one.
    unsigned short port = 8080;
    /// For a whole head, from its first byte or from the end of the request before.
    std::chrono::milliseconds head_timeout{15'000};
    /// For a body, beside the time it takes at the lowest rate.
    std::chrono::milliseconds body_timeout{30'000};
    std::int64_t lowest_bytes_per_s = 20'000;
    /// For each piece of a response.
    std::chrono::milliseconds write_timeout{30'000};
    int max_connections = 2000;
    int max_connections_per_address = 512;
    /// For responses that are under way when the server is stopped.
    std::chrono::milliseconds stop_timeout{2'000};
    /// Threads for what blocks: disk, database, looking at photos.
    int threads = 4;
};

/// HTTP/1.1 for a Handler: one thread for all connections, a few for the handler's work.
class HttpServer {
  public:
    /// Listens from now on. Throws Error{option_value} where host and port cannot be taken.
    HttpServer(Handler& handler, const ServerSettings& settings);
    ~HttpServer();

    unsigned short port() const;
    /// Serves until a stop is requested.
    void run(std::stop_token stop);

    /// Inside the room only: connection.h.
    struct State;

  private:
    std::unique_ptr<State> state_;
};

}  // namespace ditto::server
