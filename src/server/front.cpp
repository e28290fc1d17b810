#include "server/front.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <sys/statvfs.h>

#include "server/body_reader.h"
#include "server/client_origin.h"
#include "server/job_json.h"
#include "server/openapi.h"
#include "server/replies.h"

namespace ditto::server {
namespace {

constexpr const char* cookie_name = "ditto_session";
/// Swagger UI styles its page with style attributes.
constexpr std::string_view docs_policy =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
constexpr std::int64_t max_session_body = 4096;

bool changes_state(const Request& request) {
    return request.method != "GET" && request.method != "OPTIONS";
}

bool is_session(const Request& request) {
    return request.path == "/api/session";
}

std::int64_t free_bytes(const std::filesystem::path& folder) {
    struct statvfs disk {};
    if (statvfs(folder.c_str(), &disk) != 0) return 0;
    return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

std::string key_in(const Request& request) {
    constexpr std::string_view bearer = "Bearer ";
    const std::string& authorization = request.header("authorization");
    if (authorization.size() > bearer.size()) {
        std::string scheme = authorization.substr(0, bearer.size());
        std::transform(scheme.begin() + 1, scheme.end(), scheme.begin() + 1,
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (scheme == bearer || scheme == "bearer ") return authorization.substr(bearer.size());
    }
    return request.header("x-api-key");
}

/// An id of the client's own, where it can stand in a log and a header.
bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
           });
}

/// Of an address below /api/avatar/job/, or of a job's video.
std::string job_id_in(std::string_view path) {
    constexpr std::string_view video = "avatar_";
    for (std::string_view rest = path; !rest.empty();) {
        rest.remove_prefix(1);
        std::string_view segment = rest.substr(0, rest.find('/'));
        if (path.starts_with("/outputs/") && segment.starts_with(video)) {
            rest.remove_prefix(video.size());
            segment = segment.substr(video.size(), segment.find('.') - video.size());
        }
        if (is_id(segment) && path.find("/photo/") == std::string_view::npos) {
            return std::string(segment);
        }
        rest.remove_prefix(segment.size());
    }
    return {};
}

std::string rounded(double value) {
    return std::to_string(static_cast<std::int64_t>(value * 100) / 100.).substr(0, 8);
}

void add_missing(Response& response, std::string_view name, std::string_view value) {
    const bool there = std::any_of(response.headers.begin(), response.headers.end(),
                                   [&](const auto& header) { return header.first == name; });
    if (!there) response.headers.emplace_back(name, value);
}

Response preflight(const std::string& origin) {
    return {204,
            {{"Access-Control-Allow-Origin", origin},
             {"Access-Control-Allow-Methods", "GET, POST, DELETE"},
             {"Access-Control-Allow-Headers",
              "Accept-Language, Authorization, Content-Type, Idempotency-Key, Last-Event-ID, "
              "Range, X-API-Key, X-Request-Id"},
             {"Access-Control-Max-Age", "600"},
             {"Vary", "Origin"}}};
}

Response too_many_keys(const Request& request) {
    Response response = refusal(
        429,
        {"Too many wrong API keys; try again in a minute.", "錯誤的 API 金鑰過多,請一分鐘後再試。"},
        request);
    response.headers.emplace_back("Retry-After", "60");
    return response;
}

/// What Front answers itself, and only to be read.
bool is_only_read(const std::string& path) {
    return path == "/" || path == "/health" || path == "/ready" || path == "/metrics" ||
           path == "/openapi.json" || path == "/docs" || path == "/docs/";
}

/// "Thu, 26 Nov 2026 11:50:00 GMT"
std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), length};
}

}  // namespace

Front::Front(FrontSettings settings, Service& service, SetupRoutes& setup, Metrics& metrics,
             RequestLog& log)
    : settings_(std::move(settings)),
      service_(service),
      setup_(setup),
      metrics_(metrics),
      log_(log),
      web_(settings_.web),
      api_docs_(settings_.api_docs) {
    if (!settings_.api_keys.empty()) keys_ = std::make_unique<ApiKeys>(settings_.api_keys);
}

void Front::begin(Request& request) {
    if (settings_.behind_proxy) {
        const Forwarded forwarded = read_forwarded(request);
        if (!forwarded.address.empty()) request.peer = forwarded.address;
        request.https = forwarded.https;
    }
    const std::string& id = request.header("x-request-id");
    request.id = is_request_id(id) ? id : random_token().substr(0, 16);
    if (keys_) request.key_name = key_name(request);
}

std::string Front::key_name(const Request& request) {
    std::string key = key_in(request);
    if (key.empty()) {
        const auto token = cookie_value(request.header("cookie"), cookie_name);
        if (token) key = sessions_.key_of(*token).value_or("");
    }
    return key.empty() ? std::string() : keys_->name_of(key).value_or("");
}

BodyPlan Front::plan(const Request& request) {
    check_host(request);
    check_origin(request);
    if (request.method == "OPTIONS") {
        const auto origin = normalized_origin(request.header("origin"));
        const auto& allowed = settings_.allowed_origins;
        if (origin && std::find(allowed.begin(), allowed.end(), *origin) != allowed.end()) {
            throw Refusal{preflight(request.header("origin"))};
        }
    }
    check_key(request);
    if (request.method != "GET" && is_only_read(request.path)) {
        throw Refusal{method_refused(request, "GET, HEAD")};
    }
    if (is_session(request)) return {max_session_body, nullptr};
    if (is_open(request) || (request.method == "GET" && request.path == "/metrics")) return {};
    if (SetupRoutes::serves(request.path)) return {SetupRoutes::max_body_bytes, nullptr};
    check_room(request);
    return service_.plan(request);
}

Response Front::handle(const Request& request) {
    try {
        if (auto response = own(request)) return std::move(*response);
    } catch (const Refusal& refused) {
        return refused.response;
    } catch (const std::exception& error) {
        return Service::failed(error, request);
    }
    return service_.handle(request);
}

Response Front::refuse(int status, const Request& request) {
    return Service::refuse(status, request);
}

void Front::check_host(const Request& request) const {
    if (!settings_.loopback_only || keys_) return;
    const std::string name = host_name(request.header("host"));
    if (is_loopback_name(name)) return;
    for (const std::string& origin : settings_.allowed_origins) {
        if (host_name(origin.substr(origin.find("//") + 2)) == name) return;
    }
    throw Refusal{
        refusal(421,
                {"This service answers only to localhost; name others with --allow-origin.",
                 "此服務只接受 localhost;其他名稱請以 --allow-origin 指定。"},
                request)};
}

void Front::check_origin(const Request& request) const {
    if (!changes_state(request) || !is_foreign(request, settings_.allowed_origins)) return;
    throw Refusal{refusal(403,
                          {"A page of another site may not change anything here.",
                           "其他網站的頁面不得在此變更資料。"},
                          request)};
}

bool Front::is_open(const Request& request) const {
    const std::string& path = request.path;
    return request.method == "GET" && !path.starts_with("/api/") && path != "/metrics" &&
           !path.starts_with("/uploads/") && !path.starts_with("/outputs/");
}

void Front::check_key(const Request& request) {
    if (!keys_ || is_open(request) || is_session(request) || !request.key_name.empty()) return;
    if (failures_.blocked(request.peer)) {
        throw Refusal{too_many_keys(request)};
    }
    if (!key_in(request).empty()) failures_.failed(request.peer);
    Response response = refusal(401,
                                {"A valid API key is needed (Authorization: Bearer KEY).",
                                 "需要有效的 API 金鑰(Authorization: Bearer KEY)。"},
                                request);
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    throw Refusal{response};
}

void Front::check_room(const Request& request) const {
    if (request.method != "POST" || request.path.ends_with("/validate")) return;
    if (draining_) throw Refusal{Service::refuse(503, request)};
    if (settings_.disk_floor_bytes == 0) return;
    if (free_bytes(service_.data_root()) >= settings_.disk_floor_bytes) return;
    throw Refusal{refusal(507,
                          {"The server's disk is nearly full; nothing new is taken until "
                           "there is room.",
                           "伺服器磁碟空間即將用盡,釋出空間前不接受新的工作。"},
                          request)};
}

std::optional<Response> Front::own(const Request& request) {
    if (is_session(request)) return session(request);
    if (SetupRoutes::serves(request.path)) return setup_.handle(request);
    if (request.method != "GET") return std::nullopt;
    const std::string& path = request.path;
    if (path == "/health") return json_response(Json{{"status", "ok"}});
    if (path == "/ready") return ready(request);
    if (path == "/openapi.json") {
        return Response{200,
                        {{"Content-Type", "application/json"}, {"Cache-Control", "no-cache"}},
                        std::string(openapi_json())};
    }
    if (path == "/metrics") {
        service_.measure(metrics_);
        metrics_.set("ditto_ready", {}, draining_ || service_.loading() ? 0 : 1);
        metrics_.set("ditto_disk_free_bytes", {},
                     static_cast<double>(free_bytes(service_.data_root())));
        metrics_.set("ditto_log_lines_dropped", {}, static_cast<double>(log_.dropped()));
        return Response{200,
                        {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"},
                         {"Cache-Control", "no-store"}},
                        metrics_.text()};
    }
    if (path == "/docs" || path.starts_with("/docs/")) return docs(request);
    if (is_open(request)) return page(request);
    return std::nullopt;
}

Response Front::ready(const Request& request) {
    const auto unready = [&](const char* status, const OperatorText& why) {
        return json_response(Json{{"status", status}, {"detail", why.in(request.language())}}, 503);
    };
    if (draining_) {
        return unready("draining", {"The service takes no new work.", "服務不接受新的工作。"});
    }
    if (service_.loading()) {
        return unready("loading", {"The models are being loaded.", "正在載入模型。"});
    }
    if (!service_.works()) {
        return unready("failing",
                       {"The service cannot use its database.", "服務無法使用其資料庫。"});
    }
    return json_response(Json{{"status", "ready"}});
}

Response Front::session(const Request& request) {
    const std::string cookie_end = std::string("; Path=/; HttpOnly; SameSite=Strict") +
                                   (request.https ? "; Secure" : "") + "; Max-Age=";
    if (request.method == "GET") {
        return json_response(Json{{"required", keys_ != nullptr},
                                  {"signed_in", keys_ == nullptr || !request.key_name.empty()}});
    }
    if (request.method == "DELETE") {
        const auto token = cookie_value(request.header("cookie"), cookie_name);
        if (token) sessions_.close(*token);
        Response response = json_response(Json{{"signed_in", false}});
        response.headers.emplace_back("Set-Cookie",
                                      std::string(cookie_name) + "=" + cookie_end + "0");
        return response;
    }
    if (request.method != "POST") return method_refused(request, "GET, HEAD, POST, DELETE");
    if (!keys_) return json_response(Json{{"required", false}, {"signed_in", true}});
    BodyReader body(request.body, request.language());
    std::string key = body.optional_text("key");
    if (key.empty()) key = key_in(request);
    if (failures_.blocked(request.peer) || !keys_->name_of(key)) {
        failures_.failed(request.peer);
        if (failures_.blocked(request.peer)) return too_many_keys(request);
        return refusal(401, {"This API key is not valid.", "此 API 金鑰無效。"}, request);
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Sessions::lifetime);
    Response response = json_response(Json{{"required", true}, {"signed_in", true}});
    response.headers.emplace_back("Set-Cookie", std::string(cookie_name) + "=" +
                                                    sessions_.open(key) + cookie_end +
                                                    std::to_string(seconds.count()));
    return response;
}

Response Front::page(const Request& request) const {
    const bool first = request.path == "/";
    const std::string name = first ? "index.html" : request.path.substr(1);
    if (auto response = web_.serve(request, name)) return std::move(*response);
    if (first) return studio_missing_page(request.language());
    // Told by the service, which knows whether the address takes another method.
    return service_.handle(request);
}

Response Front::docs(const Request& request) const {
    if (request.path == "/docs") {
        return {307, {{"Location", "/docs/"}, {"Cache-Control", "no-store"}}};
    }
    const std::string name = request.path == "/docs/" ? "index.html" : request.path.substr(6);
    auto response = docs_page(name);
    if (!response) response = api_docs_.serve(request, name);
    if (!response) return service_.handle(request);
    for (auto& [header, value] : response->headers) {
        if (header == "Content-Security-Policy") value = docs_policy;
    }
    return std::move(*response);
}

void Front::dress(const Request& request, Response& response) {
    add_missing(response, "Date", http_date());
    add_missing(response, "X-Content-Type-Options", "nosniff");
    add_missing(response, "X-Frame-Options", "DENY");
    add_missing(response, "Referrer-Policy", "no-referrer");
    add_missing(response, "Cross-Origin-Resource-Policy",
                settings_.allowed_origins.empty() ? "same-origin" : "cross-origin");
    add_missing(response, "Content-Security-Policy", "default-src 'none'; sandbox");
    if (!request.id.empty()) add_missing(response, "X-Request-Id", request.id);
    const auto origin = normalized_origin(request.header("origin"));
    const auto& allowed = settings_.allowed_origins;
    if (origin && std::find(allowed.begin(), allowed.end(), *origin) != allowed.end()) {
        add_missing(response, "Access-Control-Allow-Origin", request.header("origin"));
        add_missing(response, "Access-Control-Expose-Headers",
                    "Content-Range, ETag, Retry-After, X-Request-Id");
        add_missing(response, "Vary", "Origin");
    }
}

void Front::done(const Exchange& exchange) {
    const Request& request = exchange.request;
    const bool unmatched = exchange.status == 404 || exchange.status == 405 || request.path.empty();
    const std::string route = unmatched ? "unmatched" : route_label(request.path);
    const std::string status = std::to_string(exchange.status);
    metrics_.add(
        "ditto_http_requests_total",
        {{"method", unmatched ? "other" : request.method}, {"route", route}, {"status", status}});
    metrics_.observe("ditto_http_request_seconds", {{"route", route}}, exchange.time.count());
    metrics_.add("ditto_http_sent_bytes_total", {}, static_cast<double>(exchange.bytes_sent));
    log_.write(exchange.status >= 500 ? LogLevel::error : LogLevel::info, "request",
               {{"request_id", request.id},
                {"client", request.peer},
                {"key", request.key_name},
                {"method", request.method},
                {"path", request.path},
                {"status", status},
                {"bytes", std::to_string(exchange.bytes_sent)},
                {"duration_ms", rounded(exchange.time.count() * 1000)},
                {"job_id", exchange.job_id.empty() ? job_id_in(request.path) : exchange.job_id},
                {"batch_id", exchange.batch_id},
                {"user_agent", request.header("user-agent")}});
}

}  // namespace ditto::server
