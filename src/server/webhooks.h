#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "jobs/job_store.h"
#include "jobs/webhook_store.h"
#include "server/metrics.h"
#include "server/request_log.h"

namespace ditto::server {

struct WebhookSettings {
    /// What signatures are made with.
    std::string secret;
    bool allow_private = false;
    /// After a failure: this long, then three times as long each time, at most an hour.
    double first_wait_s = 10;
    int max_attempts = 8;
    /// How often the store is looked at.
    double interval_s = 1;
};

/// Tells whoever asked for it that a job has ended: a POST of
/// {"event": "job.completed" | "job.failed", "job": STATUS} with the headers X-Ditto-Event,
/// X-Ditto-Delivery (the job's id, the same in every attempt), X-Ditto-Timestamp (seconds since
/// 1970) and X-Ditto-Signature: sha256=HMAC-SHA256(secret, TIMESTAMP "." BODY) in hex. Delivered
/// with a status of 2xx; anything else is tried again. Works in a thread of its own.
class Webhooks {
  public:
    Webhooks(WebhookSettings settings, jobs::WebhookStore& store, jobs::JobStore& jobs,
             Metrics& metrics, RequestLog& log);
    /// Ends an attempt that is under way; it counts as not made.
    ~Webhooks();
    Webhooks(const Webhooks&) = delete;
    Webhooks& operator=(const Webhooks&) = delete;

    /// True for what a client may give: http or https, a host, no user name, at most 2000 bytes.
    static bool is_url(std::string_view text);

  private:
    void work(const std::stop_token& stop);
    /// True where there was something to do.
    bool deliver(const std::stop_token& stop);

    const WebhookSettings settings_;
    jobs::WebhookStore& store_;
    jobs::JobStore& jobs_;
    Metrics& metrics_;
    RequestLog& log_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::jthread thread_;
};

/// The secret in the file, which is made, for its owner alone, where it is missing.
/// Throws Error{folder_unwritable | option_value} (shorter than 16 bytes).
std::string webhook_secret(const std::filesystem::path& file);

}  // namespace ditto::server
