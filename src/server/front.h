#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "server/api_keys.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/request_log.h"
#include "server/service.h"
#include "server/setup_routes.h"
#include "server/static_files.h"

namespace ditto::server {

struct FrontSettings {
    /// The studio, and the pages that show the API; either may be missing.
    std::filesystem::path web;
    std::filesystem::path api_docs;
    /// Keys that open the service; empty: it is open.
    std::filesystem::path api_keys;
    /// Normalized origins whose pages may use the API.
    std::vector<std::string> allowed_origins;
    /// Only this computer can connect: then a Host that is no name of it comes from a page that
    /// had its name pointed here.
    bool loopback_only = false;
    /// X-Forwarded-For and X-Forwarded-Proto are a proxy's words, not a client's.
    bool behind_proxy = false;
    /// New work is refused while less is free for the data; 0: never.
    std::int64_t disk_floor_bytes = 0;
};

/// Stands before the service: who may ask, which page may, what every response carries, what is
/// counted and logged; and the pages, /health, /ready and /metrics, which need no service.
class Front final : public Handler {
  public:
    /// Throws Error{option_value} where the keys cannot be read.
    Front(FrontSettings settings, Service& service, SetupRoutes& setup, Metrics& metrics,
          RequestLog& log);

    /// From now on /ready says no and nothing new is taken; what is known can still be asked.
    void drain() { draining_ = true; }

    void begin(Request& request) override;
    BodyPlan plan(const Request& request) override;
    Response handle(const Request& request) override;
    Response refuse(int status, const Request& request) override;
    void dress(const Request& request, Response& response) override;
    void done(const Exchange& exchange) override;

  private:
    void check_host(const Request& request) const;
    void check_origin(const Request& request) const;
    void check_key(const Request& request);
    void check_room(const Request& request) const;
    bool is_open(const Request& request) const;
    /// Of what this class answers itself; nothing where the service is to.
    std::optional<Response> own(const Request& request);
    Response session(const Request& request);
    Response ready(const Request& request);
    Response page(const Request& request) const;
    Response docs(const Request& request) const;
    std::string key_name(const Request& request);
    std::string client_of(const Request& request) const;

    const FrontSettings settings_;
    Service& service_;
    SetupRoutes& setup_;
    Metrics& metrics_;
    RequestLog& log_;
    const StaticFiles web_;
    const StaticFiles api_docs_;
    std::unique_ptr<ApiKeys> keys_;
    Sessions sessions_;
    FailureLimit failures_;
    std::atomic<bool> draining_ = false;
};

}  // namespace ditto::server
