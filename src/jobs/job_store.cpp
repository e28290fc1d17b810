#include "jobs/job_store.h"

#include <algorithm>
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
#include "jobs/schema.h"
#include "jobs/slide_rows.h"

namespace ditto::jobs {
namespace {

constexpr double key_lifetime_s = 24 * 3600;

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
        throw Error(ErrorCode::folder_unwritable,
                    {{"path", path.parent_path().string()}, {"hint", "used_by_a_service"}});
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
        migrate(database);
    }

    /// False where the job was not running, or its failed slides wait again meanwhile.
    bool end(const std::string& id, JobState end_state, const JobFailure& failure,
             const std::string& engine, double video_s = 0) {
        const std::lock_guard guard(mutex);
        Statement update(database,
                         "UPDATE jobs SET state = ?2, error_code = ?3, error_values = ?4, "
                         "error_detail = ?5, engine = ?6, finished = ?7, video = ?8, "
                         "seconds_left = NULL, "
                         "percent = CASE ?2 WHEN 'completed' THEN 100 ELSE percent END "
                         "WHERE id = ?1 AND state = 'running' AND (?3 <> 'slides_failed' OR "
                         "NOT EXISTS (SELECT 1 FROM slides WHERE job = ?1 AND state = 'queued'))");
        update.bind(id).bind(state_name(end_state)).bind(failure.code);
        update.bind(values_text(failure.values)).bind(failure.detail).bind(engine).bind(now_s());
        update.bind(video_s).step();
        return database.changes() > 0;
    }

    std::string insert(const JobRequest& request, const std::optional<IdempotencyKey>& key) {
        const std::string id = new_id();
        Statement insert(database,
                         "INSERT INTO jobs (id, photo, audio, engine_wish, controls, priority, "
                         "created, key, key_body, preview, max_size, title, batch, kind, deck, "
                         "placement, language, subtitles) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                         "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)");
        insert.bind(id).bind(request.photo.string()).bind(request.audio.string());
        insert.bind(engine_text(request.engine)).bind(controls_text(request.controls));
        insert.bind(request.priority).bind(now_s());
        if (key) {
            insert.bind(key->key).bind(key->body);
        } else {
            insert.bind_null().bind_null();
        }
        insert.bind(request.preview_s).bind(request.max_size);
        insert.bind(request.title).bind(request.batch);
        const PresentationRequest talk = request.presentation.value_or(PresentationRequest{});
        insert.bind(request.presentation ? "presentation" : "avatar").bind(talk.deck);
        insert.bind(talk.placement).bind(talk.language).bind(talk.subtitles ? 1 : 0).step();
        insert_slides(database, id, talk.slides);
        if (!request.webhook.empty()) {
            Statement webhook(database, "INSERT INTO webhooks (job, url) VALUES (?1, ?2)");
            webhook.bind(id).bind(request.webhook).step();
        }
        return id;
    }

    std::optional<Job> find(const std::string& id) {
        Statement select(database,
                         std::string("SELECT ") + job_columns + " FROM jobs WHERE id = ?1");
        select.bind(id);
        return select.step() ? std::optional(read_job(select)) : std::nullopt;
    }

    /// Oldest first.
    std::vector<Job> in_batch(const std::string& batch) {
        Statement select(database, std::string("SELECT ") + job_columns +
                                       " FROM jobs WHERE batch = ?1 ORDER BY number");
        select.bind(batch);
        std::vector<Job> jobs;
        while (select.step())
            jobs.push_back(read_job(select));
        return jobs;
    }

    std::optional<Additions> earlier(const IdempotencyKey& key) {
        Statement forget(database,
                         "UPDATE jobs SET key = NULL, key_body = NULL WHERE key = ?1 AND "
                         "created < ?2");
        forget.bind(key.key).bind(now_s() - key_lifetime_s).step();
        Statement select(database, "SELECT id, key_body FROM jobs WHERE key = ?1");
        select.bind(key.key);
        if (!select.step()) return std::nullopt;
        if (select.text(1) != key.body) return Additions{Added::key_taken, {}};
        const auto job = find(select.text(0));
        if (!job) return std::nullopt;
        // The first job of a batch carries the key of all.
        const std::string& batch = job->request.batch;
        return Additions{Added::repeated, batch.empty() ? std::vector{*job} : in_batch(batch)};
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
        if (const auto earlier = state_->earlier(*key)) {
            const bool repeated = earlier->outcome == Added::repeated;
            return {earlier->outcome, repeated ? earlier->jobs.front().id : std::string()};
        }
    }
    if (state_->queued() >= max_queued) return {Added::full, {}};
    const std::string id = state_->insert(request, key);
    transaction.commit();
    return {Added::queued, id};
}

JobStore::Additions JobStore::add_all(const std::vector<JobRequest>& requests, int max_queued,
                                      const std::optional<IdempotencyKey>& key) {
    const std::lock_guard guard(state_->mutex);
    Transaction transaction(state_->database);
    if (key) {
        if (auto earlier = state_->earlier(*key)) return std::move(*earlier);
    }
    if (state_->queued() + static_cast<int>(requests.size()) > max_queued) return {Added::full, {}};
    for (const JobRequest& request : requests) {
        const bool is_first = &request == &requests.front();
        state_->insert(request, is_first ? key : std::nullopt);
    }
    auto jobs = state_->in_batch(requests.front().batch);
    transaction.commit();
    return {Added::queued, std::move(jobs)};
}

std::optional<JobStore::Additions> JobStore::earlier(const IdempotencyKey& key) {
    const std::lock_guard guard(state_->mutex);
    return state_->earlier(key);
}

std::optional<Job> JobStore::find(const std::string& id) {
    const std::lock_guard guard(state_->mutex);
    return state_->find(id);
}

JobPage JobStore::list(const JobQuery& query) {
    // States as "|queued|running|", so that one statement serves every choice.
    std::string states;
    for (const JobState state : query.states)
        states += "|" + std::string(state_name(state)) + "|";
    const std::string chosen =
        " FROM jobs WHERE (?1 = '' OR instr(?1, '|' || state || '|') > 0) AND "
        "(?2 = '' OR engine = ?2) AND (?3 = '' OR batch = ?3) AND "
        "(?4 = '' OR instr(lower(title), lower(?4)) > 0 OR instr(id, lower(?4)) > 0)";
    const std::lock_guard guard(state_->mutex);
    JobPage page;
    Statement count(state_->database, "SELECT count(*)" + chosen);
    count.bind(states).bind(query.engine).bind(query.batch).bind(query.text).step();
    page.total = static_cast<int>(count.integer(0));
    Statement select(state_->database, std::string("SELECT ") + job_columns + chosen +
                                           " ORDER BY number DESC LIMIT ?5 OFFSET ?6");
    select.bind(states).bind(query.engine).bind(query.batch).bind(query.text);
    select.bind(query.limit).bind(query.offset);
    while (select.step())
        page.jobs.push_back(read_job(select));
    return page;
}

bool JobStore::waits_for(const std::filesystem::path& upload) {
    const std::lock_guard guard(state_->mutex);
    Statement select(state_->database,
                     "SELECT 1 FROM jobs WHERE (photo = ?1 OR audio = ?1 OR EXISTS (SELECT 1 FROM "
                     "slides WHERE job = jobs.id AND slides.audio = ?1)) AND "
                     "state IN ('queued', 'running') LIMIT 1");
    select.bind(upload.string());
    return select.step();
}

std::vector<std::filesystem::path> JobStore::files() {
    const std::lock_guard guard(state_->mutex);
    Statement select(state_->database,
                     "SELECT photo FROM jobs UNION SELECT audio FROM jobs UNION "
                     "SELECT picture FROM slides UNION SELECT audio FROM slides");
    std::vector<std::filesystem::path> found;
    while (select.step()) {
        if (!select.text(0).empty()) found.emplace_back(select.text(0));
    }
    return found;
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

std::optional<double> JobStore::seconds_per_video_second(const std::string& engine) {
    const std::lock_guard guard(state_->mutex);
    Statement select(state_->database,
                     "SELECT sum(finished - started) / sum(video) FROM (SELECT * FROM jobs WHERE "
                     "state = 'completed' AND kind = 'avatar' AND engine = ?1 AND video > 0 ORDER "
                     "BY number DESC "
                     "LIMIT 10)");
    select.bind(engine);
    if (!select.step() || select.null(0)) return std::nullopt;
    return select.real(0);
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

std::optional<Job> JobStore::take(const std::vector<EngineWish>& except) {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database,
                     std::string("UPDATE jobs SET state = 'running', attempts = attempts + 1, "
                                 "started = ?1 WHERE number = (SELECT number FROM jobs WHERE "
                                 "state = 'queued' AND engine_wish NOT IN (?2, ?3, ?4) "
                                 "ORDER BY priority DESC, number LIMIT 1) "
                                 "RETURNING ") +
                         job_columns);
    update.bind(now_s());
    for (const auto wish : {EngineWish::automatic, EngineWish::mesh, EngineWish::ditto}) {
        const bool left_out = std::find(except.begin(), except.end(), wish) != except.end();
        update.bind(left_out ? engine_text(wish) : std::string_view("none"));
    }
    if (!update.step()) return std::nullopt;
    Job job = read_job(update);
    update.step();
    return job;
}

void JobStore::record(const std::string& id, const JobProgress& progress) {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database,
                     "UPDATE jobs SET percent = max(percent, ?2), stage = ?3, seconds_left = ?4, "
                     "told = ?5 WHERE id = ?1 AND state = 'running'");
    update.bind(id).bind(progress.percent).bind(static_cast<int>(progress.stage));
    update.bind(progress.seconds_left).bind(now_s()).step();
}

void JobStore::record_stage_times(const std::string& id, const std::map<Stage, double>& times_s) {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database, "UPDATE jobs SET stage_times = ?2 WHERE id = ?1");
    update.bind(id).bind(stage_times_text(times_s)).step();
}

std::vector<std::string> JobStore::unjudged() {
    const std::lock_guard guard(state_->mutex);
    Statement select(state_->database,
                     "SELECT id FROM jobs WHERE state = 'completed' AND kind = 'avatar' AND "
                     "judgement = '' ORDER BY number");
    std::vector<std::string> ids;
    while (select.step())
        ids.push_back(select.text(0));
    return ids;
}

void JobStore::complete(const std::string& id, const std::string& engine, double video_s) {
    state_->end(id, JobState::completed, {}, engine, video_s);
}

void JobStore::record_judgement(const std::string& id, const std::string& json) {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database, "UPDATE jobs SET judgement = ?2 WHERE id = ?1");
    update.bind(id).bind(json).step();
}

bool JobStore::fail(const std::string& id, const JobFailure& failure) {
    return state_->end(id, JobState::failed, failure, {});
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
    for (const Job& job : list({{JobState::running}}).jobs) {
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
