#include "server/http_server.h"

#include <chrono>
#include <map>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>

#include "base/error.h"
#include "server/connection.h"

namespace ditto::server {
namespace {

namespace beast = boost::beast;

int total(const std::map<std::string, int>& counts) {
    int sum = 0;
    for (const auto& [address, count] : counts)
        sum += count;
    return sum;
}

asio::awaitable<void> accept_clients(HttpServer::State& server) {
    asio::steady_timer pause(server.io);
    while (!server.stopping) {
        auto [error, socket] = co_await server.acceptor.async_accept(no_throw);
        if (error && !server.stopping) {
            // Out of file handles, most likely: closing connections give some back.
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(no_throw);
            continue;
        }
        if (error) break;
        beast::error_code gone;
        const auto peer = socket.remote_endpoint(gone);
        if (gone) continue;
        const std::string address = peer.address().to_string();
        const auto known = server.connections.find(address);
        const int same = known != server.connections.end() ? known->second : 0;
        const auto& settings = server.settings;
        const bool crowded = same >= settings.max_connections_per_address ||
                             total(server.connections) >= settings.max_connections;
        if (crowded) continue;
        asio::co_spawn(server.io, serve_client(server, std::move(socket), address), asio::detached);
    }
}

}  // namespace

HttpServer::HttpServer(Handler& handler, const ServerSettings& settings)
    : state_(std::make_unique<State>(handler, settings)) {
    try {
        const tcp::endpoint endpoint(asio::ip::make_address(settings.host), settings.port);
        state_->acceptor.open(endpoint.protocol());
        state_->acceptor.set_option(tcp::acceptor::reuse_address(true));
        state_->acceptor.bind(endpoint);
        state_->acceptor.listen();
    } catch (const boost::system::system_error& error) {
        throw Error(ErrorCode::option_value,
                    {{"option", "--host, --port"},
                     {"value", settings.host + ":" + std::to_string(settings.port)},
                     {"expected", error.code().message()}});
    }
}

HttpServer::~HttpServer() {
    state_->pool.join();
    state_->work_pool.join();
}

unsigned short HttpServer::port() const {
    return state_->acceptor.local_endpoint().port();
}

void HttpServer::run(std::stop_token stop) {
    State& state = *state_;
    asio::co_spawn(state.io, accept_clients(state), asio::detached);
    asio::steady_timer last_call(state.io);
    const std::stop_callback on_stop(stop, [&state, &last_call] {
        asio::post(state.io, [&state, &last_call] {
            state.stopping = true;
            beast::error_code ignored;
            state.acceptor.close(ignored);
            last_call.expires_after(state.settings.stop_timeout);
            last_call.async_wait([&state](const beast::error_code&) { state.io.stop(); });
        });
    });
    state.io.run();
    state.pool.join();
    state.work_pool.join();
}

}  // namespace ditto::server
