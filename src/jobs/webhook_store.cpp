#include "jobs/webhook_store.h"

#include <mutex>

#include "jobs/database.h"

namespace ditto::jobs {

struct WebhookStore::State {
    explicit State(const std::filesystem::path& path) : database(path) {}

    void forget(const std::string& job) {
        Statement erase(database, "DELETE FROM webhooks WHERE job = ?1");
        erase.bind(job).step();
    }

    std::mutex mutex;
    Database database;
};

WebhookStore::WebhookStore(const std::filesystem::path& path)
    : state_(std::make_unique<State>(path)) {}
WebhookStore::~WebhookStore() = default;

std::optional<WebhookStore::Due> WebhookStore::next(double now_s) {
    const std::lock_guard guard(state_->mutex);
    Statement select(state_->database,
                     "SELECT webhooks.job, url, webhooks.attempts, jobs.id IS NULL FROM webhooks "
                     "LEFT JOIN jobs ON jobs.id = webhooks.job WHERE next <= ?1 AND "
                     "(jobs.state IS NULL OR jobs.state NOT IN ('queued', 'running')) "
                     "ORDER BY next LIMIT 1");
    select.bind(now_s);
    if (!select.step()) return std::nullopt;
    Due due{select.text(0), select.text(1), static_cast<int>(select.integer(2))};
    if (select.integer(3) == 0) return due;
    state_->forget(due.job);
    return std::nullopt;
}

void WebhookStore::delivered(const std::string& job) {
    const std::lock_guard guard(state_->mutex);
    state_->forget(job);
}

void WebhookStore::failed(const std::string& job, double next_s) {
    const std::lock_guard guard(state_->mutex);
    if (next_s == 0) return state_->forget(job);
    Statement update(state_->database,
                     "UPDATE webhooks SET attempts = attempts + 1, next = ?2 WHERE job = ?1");
    update.bind(job).bind(next_s).step();
}

}  // namespace ditto::jobs
