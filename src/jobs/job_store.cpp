#include "jobs/job_store.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "jobs/database.h"
#include "jobs/job_rows.h"

namespace ditto::jobs {
namespace {

constexpr double key_lifetime_s = 24 * 3600;

const char* const schema = R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        photo TEXT NOT NULL, audio TEXT NOT NULL,
        engine_wish TEXT NOT NULL, controls TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'queued',
        cancel_requested INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        percent INTEGER NOT NULL DEFAULT 0,
        stage INTEGER NOT NULL DEFAULT 0,
        seconds_left REAL,
        error_code TEXT NOT NULL DEFAULT '', error_values TEXT NOT NULL DEFAULT '',
        error_detail TEXT NOT NULL DEFAULT '',
        engine TEXT NOT NULL DEFAULT '',
        created REAL NOT NULL, started REAL NOT NULL DEFAULT 0,
        finished REAL NOT NULL DEFAULT 0,
        key TEXT UNIQUE, key_body TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, priority DESC, number);
    -- A row lives until its delivery, or until nobody tries any more; see WebhookStore.
    CREATE TABLE IF NOT EXISTS webhooks (
        job TEXT PRIMARY KEY, url TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, next REAL NOT NULL DEFAULT 0
    ) STRICT;
    PRAGMA user_version = 1;
)sql";

/// A file that one program at a time holds; the system lets go of it when the program ends,
/// however that happens.
class FileLock {
  public:
    explicit FileLock(const std::filesystem::path& path)
        : file_(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
        const MessageValues folder{{"path", path.parent_path().string()}};
        if (file_ < 0) throw Error(ErrorCode::folder_unwritable, folder);
        if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
        close(file_);
        throw Error(ErrorCode::folder_unwritable, folder, "another server uses this folder");
    }
    ~FileLock() { close(file_); }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

  private:
    int file_;
};

std::filesystem::path with_ending(std::filesystem::path path, const char* ending) {
    return path += ending;
}

}  // namespace

struct JobStore::State {
    explicit State(const std::filesystem::path& path)
        : lock(with_ending(path, ".lock")), database(path) {
        database.run(schema);
    }

    void end(const std::string& id, JobState end_state, const JobFailure& failure,
             const std::string& engine) {
        const std::lock_guard guard(mutex);
        Statement update(database,
                         "UPDATE jobs SET state = ?2, error_code = ?3, error_values = ?4, "
                         "error_detail = ?5, engine = ?6, finished = ?7, seconds_left = NULL, "
                         "percent = CASE ?2 WHEN 'completed' THEN 100 ELSE percent END "
                         "WHERE id = ?1 AND state = 'running'");
        update.bind(id).bind(state_name(end_state)).bind(failure.code);
        update.bind(values_text(failure.values)).bind(failure.detail).bind(engine).bind(now_s());
        update.step();
    }

    std::optional<Job> find(const std::string& id) {
        Statement select(database,
                         std::string("SELECT ") + job_columns + " FROM jobs WHERE id = ?1");
        select.bind(id);
        return select.step() ? std::optional(read_job(select)) : std::nullopt;
    }

    /// What an idempotency key says about a request; nothing where the key is new.
    std::optional<Addition> earlier(const IdempotencyKey& key) {
        Statement forget(database,
                         "UPDATE jobs SET key = NULL, key_body = NULL WHERE key = ?1 AND "
                         "created < ?2");
        forget.bind(key.key).bind(now_s() - key_lifetime_s).step();
        Statement select(database, "SELECT id, key_body FROM jobs WHERE key = ?1");
        select.bind(key.key);
        if (!select.step()) return std::nullopt;
        if (select.text(1) != key.body) return Addition{Added::key_taken, {}};
        return Addition{Added::repeated, select.text(0)};
    }

    int queued() {
        Statement select(database, "SELECT count(*) FROM jobs WHERE state = 'queued'");
        select.step();
        return static_cast<int>(select.integer(0));
    }

    FileLock lock;
    Database database;
    std::mutex mutex;
};

JobStore::JobStore(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}
JobStore::~JobStore() = default;

JobStore::Addition JobStore::add(const JobRequest& request, int max_queued,
                                 const std::optional<IdempotencyKey>& key) {
    const std::lock_guard guard(state_->mutex);
    Transaction transaction(state_->database);
    if (key) {
        if (const auto earlier = state_->earlier(*key)) return *earlier;
    }
    if (state_->queued() >= max_queued) return {Added::full, {}};
    const std::string id = new_id();
    Statement insert(state_->database,
                     "INSERT INTO jobs (id, photo, audio, engine_wish, controls, priority, "
                     "created, key, key_body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    insert.bind(id).bind(request.photo.string()).bind(request.audio.string());
    insert.bind(engine_text(request.engine)).bind(controls_text(request.controls));
    insert.bind(request.priority).bind(now_s());
    if (key) {
        insert.bind(key->key).bind(key->body);
    } else {
        insert.bind_null().bind_null();
    }
    insert.step();
    if (!request.webhook.empty()) {
        Statement webhook(state_->database, "INSERT INTO webhooks (job, url) VALUES (?1, ?2)");
        webhook.bind(id).bind(request.webhook).step();
    }
    transaction.commit();
    return {Added::queued, id};
}

std::optional<Job> JobStore::find(const std::string& id) {
    const std::lock_guard guard(state_->mutex);
    return state_->find(id);
}

std::vector<Job> JobStore::list(std::optional<JobState> state, int limit, int offset) {
    const std::lock_guard guard(state_->mutex);
    Statement select(state_->database,
                     std::string("SELECT ") + job_columns +
                         " FROM jobs WHERE ?1 = '' OR state = ?1 ORDER BY number DESC "
                         "LIMIT ?2 OFFSET ?3");
    select.bind(state ? state_name(*state) : "").bind(limit).bind(offset);
    std::vector<Job> jobs;
    while (select.step())
        jobs.push_back(read_job(select));
    return jobs;
}

std::map<JobState, int> JobStore::count() {
    const std::lock_guard guard(state_->mutex);
    std::map<JobState, int> counts;
    for (int i = 0; i <= static_cast<int>(JobState::cancelled); ++i)
        counts[static_cast<JobState>(i)] = 0;
    Statement select(state_->database, "SELECT state, count(*) FROM jobs GROUP BY state");
    while (select.step()) {
        if (const auto state = state_from_name(select.text(0)))
            counts[*state] = static_cast<int>(select.integer(1));
    }
    return counts;
}

int JobStore::queued_before(const std::string& id) {
    const std::lock_guard guard(state_->mutex);
    Statement select(state_->database,
                     "SELECT count(*) FROM jobs AS other, jobs AS this WHERE this.id = ?1 AND "
                     "other.state = 'queued' AND (other.priority > this.priority OR "
                     "(other.priority = this.priority AND other.number < this.number))");
    select.bind(id).step();
    return static_cast<int>(select.integer(0));
}

std::optional<Job> JobStore::take() {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database,
                     std::string("UPDATE jobs SET state = 'running', attempts = attempts + 1, "
                                 "started = ?1 WHERE number = (SELECT number FROM jobs WHERE "
                                 "state = 'queued' ORDER BY priority DESC, number LIMIT 1) "
                                 "RETURNING ") +
                         job_columns);
    update.bind(now_s());
    if (!update.step()) return std::nullopt;
    Job job = read_job(update);
    update.step();
    return job;
}

void JobStore::record(const std::string& id, const JobProgress& progress) {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database,
                     "UPDATE jobs SET percent = max(percent, ?2), stage = ?3, seconds_left = ?4 "
                     "WHERE id = ?1 AND state = 'running'");
    update.bind(id).bind(progress.percent).bind(static_cast<int>(progress.stage));
    update.bind(progress.seconds_left).step();
}

void JobStore::complete(const std::string& id, const std::string& engine) {
    state_->end(id, JobState::completed, {}, engine);
}

void JobStore::fail(const std::string& id, const JobFailure& failure) {
    state_->end(id, JobState::failed, failure, {});
}

void JobStore::end_cancelled(const std::string& id) {
    state_->end(id, JobState::cancelled, {"cancelled", {}, {}}, {});
}

void JobStore::put_back(const std::string& id) {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database,
                     "UPDATE jobs SET state = 'queued', attempts = attempts - 1 "
                     "WHERE id = ?1 AND state = 'running'");
    update.bind(id).step();
}

std::optional<JobState> JobStore::request_cancel(const std::string& id) {
    const std::lock_guard guard(state_->mutex);
    Statement queued(state_->database,
                     "UPDATE jobs SET state = 'cancelled', error_code = 'cancelled', "
                     "cancel_requested = 1, finished = ?2 WHERE id = ?1 AND state = 'queued'");
    queued.bind(id).bind(now_s()).step();
    Statement running(state_->database,
                      "UPDATE jobs SET cancel_requested = 1 WHERE id = ?1 AND state = 'running'");
    running.bind(id).step();
    const auto job = state_->find(id);
    return job ? std::optional(job->state) : std::nullopt;
}

bool JobStore::remove(const std::string& id) {
    const std::lock_guard guard(state_->mutex);
    Statement erase(state_->database,
                    "DELETE FROM jobs WHERE id = ?1 AND state NOT IN ('queued', 'running')");
    erase.bind(id).step();
    return state_->database.changes() > 0;
}

std::vector<std::string> JobStore::remove_finished_before(double time_s) {
    const std::lock_guard guard(state_->mutex);
    Statement erase(state_->database,
                    "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND "
                    "finished < ?1 RETURNING id");
    erase.bind(time_s);
    std::vector<std::string> ids;
    while (erase.step())
        ids.push_back(erase.text(0));
    return ids;
}

void JobStore::recover(const std::function<bool(const std::string& id)>& has_video,
                       int max_attempts) {
    for (const Job& job : list(JobState::running, -1, 0)) {
        if (has_video(job.id)) {
            // It ended between the video's last step and the note of it.
            complete(job.id, job.engine);
        } else if (job.cancel_requested) {
            end_cancelled(job.id);
        } else if (job.attempts >= max_attempts) {
            fail(job.id, {"interrupted", {{"attempts", std::to_string(job.attempts)}}, {}});
        } else {
            const std::lock_guard guard(state_->mutex);
            Statement update(state_->database,
                             "UPDATE jobs SET state = 'queued', seconds_left = NULL WHERE id = ?1");
            update.bind(job.id).step();
        }
    }
}

std::string new_id() {
    std::array<unsigned char, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        throw Error(ErrorCode::internal, {}, "getrandom failed");
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

double now_s() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

}  // namespace ditto::jobs
