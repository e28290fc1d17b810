#pragma once

#include <map>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/http_server.h"

// Between http_server.cpp, which takes connections, and connection.cpp, which serves them.
namespace ditto::server {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

inline constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

struct HttpServer::State {
    State(Handler& the_handler, const ServerSettings& the_settings)
        : handler(the_handler),
          settings(the_settings),
          pool(static_cast<std::size_t>(settings.threads)),
          work_pool(static_cast<std::size_t>(settings.threads)) {}

    Handler& handler;
    const ServerSettings settings;
    bool stopping = false;
    std::map<std::string, int> connections;
    asio::thread_pool pool;
    /// For POST: photos are examined, slides drawn, scripts spoken. Questions do not wait for it.
    asio::thread_pool work_pool;
    // After what its coroutines use: their frames go away with it.
    asio::io_context io{1};
    tcp::acceptor acceptor{io};
};

/// Answers the requests of one client, until either has enough. Runs in the server's thread, but
/// for what blocks.
asio::awaitable<void> serve_client(HttpServer::State& server, tcp::socket socket,
                                   std::string address);

}  // namespace ditto::server
