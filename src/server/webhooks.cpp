#include "server/webhooks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/error.h"
#include "hub/digest.h"
#include "hub/post.h"
#include "server/api_keys.h"
#include "server/client_origin.h"
#include "server/job_json.h"

namespace ditto::server {
namespace {

constexpr double longest_wait_s = 3600;

}  // namespace

Webhooks::Webhooks(WebhookSettings settings, jobs::WebhookStore& store, jobs::JobStore& jobs,
                   Metrics& metrics, RequestLog& log)
    : settings_(std::move(settings)),
      store_(store),
      jobs_(jobs),
      metrics_(metrics),
      log_(log),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Webhooks::~Webhooks() = default;

bool Webhooks::is_url(std::string_view text) {
    const bool https = text.starts_with("https://");
    if ((!https && !text.starts_with("http://")) || text.size() > 2000) return false;
    const std::string_view rest = text.substr(https ? 8 : 7);
    const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    return !host_name(host).empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '\\';
    });
}

void Webhooks::work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        bool more = false;
        try {
            more = deliver(stop);
        } catch (const Error& error) {
            // A full or locked disk: the next round tries again.
            log_.write(LogLevel::error, "webhook", {{"problem", error.detail()}});
        }
        if (more) continue;
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, std::chrono::duration<double>(settings_.interval_s),
                          [] { return false; });
    }
}

bool Webhooks::deliver(const std::stop_token& stop) {
    const auto due = store_.next(jobs::now_s());
    if (!due) return false;
    const auto job = jobs_.find(due->job);
    if (!job) return true;
    const char* event = job->state == jobs::JobState::completed ? "job.completed" : "job.failed";
    hub::PostRequest request;
    request.url = due->url;
    request.allow_private = settings_.allow_private;
    request.body = json_text(
        Json{{"event", event},
             {"job", job_status_json(*job, 0, jobs::now_s(), Language::traditional_chinese)}});
    const std::string timestamp =
        std::to_string(static_cast<std::int64_t>(std::floor(jobs::now_s())));
    const std::string signature =
        hub::hmac_sha256(settings_.secret, timestamp + "." + request.body);
    request.headers = {"Content-Type: application/json",
                       "User-Agent: ditto-avatar",
                       std::string("X-Ditto-Event: ") + event,
                       "X-Ditto-Delivery: " + due->job,
                       "X-Ditto-Timestamp: " + timestamp,
                       "X-Ditto-Signature: sha256=" + signature,
                       "Expect:"};
    const hub::PostOutcome outcome = hub::post(request, stop);
    if (stop.stop_requested()) return false;
    const bool good = outcome.status >= 200 && outcome.status < 300;
    const bool last = due->attempts + 1 >= settings_.max_attempts;
    const char* what = good ? "delivered" : last ? "given_up" : "failed";
    metrics_.add("ditto_webhooks_total", {{"outcome", what}});
    log_.write(good ? LogLevel::info : LogLevel::warning, "webhook",
               {{"job_id", due->job},
                {"url", due->url.substr(0, due->url.find('?'))},
                {"outcome", what},
                {"status", std::to_string(outcome.status)},
                {"problem", outcome.problem}});
    if (good) {
        store_.delivered(due->job);
    } else {
        const double wait =
            std::min(longest_wait_s, settings_.first_wait_s * std::pow(3, due->attempts));
        store_.failed(due->job, last ? 0 : jobs::now_s() + wait);
    }
    return true;
}

std::string webhook_secret(const std::filesystem::path& file) {
    const int made = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0) {
        const std::string secret = random_token() + "\n";
        const ssize_t written = write(made, secret.data(), secret.size());
        close(made);
        if (written != static_cast<ssize_t>(secret.size())) {
            unlink(file.c_str());
            throw Error(ErrorCode::folder_unwritable, {{"path", file.parent_path().string()}});
        }
    }
    std::ifstream in(file, std::ios::binary);
    std::string secret{std::istreambuf_iterator<char>(in), {}};
    while (secret.ends_with('\n') || secret.ends_with('\r'))
        secret.pop_back();
    if (secret.size() >= 16) return secret;
    throw Error(ErrorCode::option_value, {{"option", "--webhook-secret-file"},
                                          {"value", file.string()},
                                          {"expected", "16 - 4096 bytes"}});
}

}  // namespace ditto::server
