#include "jobs/slide_store.h"

#include <mutex>

#include "jobs/database.h"
#include "jobs/job_rows.h"
#include "jobs/slide_rows.h"

namespace ditto::jobs {
namespace {

constexpr const char* columns =
    "number, picture, title, script, audio, voice, state, error_code, error_values, "
    "error_detail, duration";

Slide read_slide(const Statement& row) {
    Slide slide;
    slide.request = {static_cast<int>(row.integer(0)),
                     row.text(1),
                     row.text(2),
                     row.text(3),
                     row.text(4),
                     row.text(5)};
    slide.state = state_from_name(row.text(6)).value_or(JobState::failed);
    slide.failure = {row.text(7), values_from_text(row.text(8)), row.text(9)};
    slide.duration_s = row.real(10);
    return slide;
}

}  // namespace

void insert_slides(Database& database, const std::string& job,
                   const std::vector<SlideRequest>& slides) {
    int position = 0;
    for (const SlideRequest& slide : slides) {
        Statement insert(database,
                         "INSERT INTO slides (job, position, number, picture, title, script, "
                         "audio, voice) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        insert.bind(job).bind(position++).bind(slide.number).bind(slide.picture.string());
        insert.bind(slide.title).bind(slide.script).bind(slide.audio.string());
        insert.bind(slide.voice).step();
    }
}

struct SlideStore::State {
    explicit State(const std::filesystem::path& path) : database(path) {}

    std::vector<Slide> of(const std::string& job) {
        Statement select(database, std::string("SELECT ") + columns +
                                       " FROM slides WHERE job = ?1 ORDER BY position");
        select.bind(job);
        std::vector<Slide> slides;
        while (select.step())
            slides.push_back(read_slide(select));
        return slides;
    }

    void set(const std::string& job, int number, JobState state, const JobFailure& failure,
             double duration_s) {
        const std::lock_guard guard(mutex);
        Statement update(database,
                         "UPDATE slides SET state = ?3, error_code = ?4, error_values = ?5, "
                         "error_detail = ?6, duration = ?7 WHERE job = ?1 AND number = ?2");
        update.bind(job).bind(number).bind(state_name(state)).bind(failure.code);
        update.bind(values_text(failure.values)).bind(failure.detail).bind(duration_s).step();
    }

    bool may_retry(const std::string& job, const Slide& slide) {
        if (slide.state == JobState::failed) return true;
        Statement select(database,
                         "SELECT 1 FROM jobs WHERE id = ?1 AND state = 'failed' AND "
                         "error_code <> 'slides_failed'");
        select.bind(job);
        return select.step();
    }

    void wait_again(const std::string& job, const SlideRequest& slide) {
        Statement update(database,
                         "UPDATE slides SET state = 'queued', error_code = '', error_values = '', "
                         "error_detail = '', duration = 0, script = ?3, audio = ?4, voice = ?5 "
                         "WHERE job = ?1 AND number = ?2");
        update.bind(job).bind(slide.number).bind(slide.script).bind(slide.audio.string());
        update.bind(slide.voice).step();
        Statement requeue(database,
                          "UPDATE jobs SET state = 'queued', attempts = 0, finished = 0, "
                          "error_code = '', error_values = '', error_detail = '' "
                          "WHERE id = ?1 AND state = 'failed'");
        requeue.bind(job).step();
    }

    Database database;
    std::mutex mutex;
};

SlideStore::SlideStore(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}
SlideStore::~SlideStore() = default;

std::vector<Slide> SlideStore::of(const std::string& job) {
    const std::lock_guard guard(state_->mutex);
    return state_->of(job);
}

std::optional<Slide> SlideStore::take(const std::string& job) {
    const std::lock_guard guard(state_->mutex);
    Statement update(state_->database,
                     std::string("UPDATE slides SET state = 'running' WHERE job = ?1 AND number = "
                                 "(SELECT number FROM slides WHERE job = ?1 AND state = 'queued' "
                                 "ORDER BY position LIMIT 1) RETURNING ") +
                         columns);
    update.bind(job);
    if (!update.step()) return std::nullopt;
    Slide slide = read_slide(update);
    update.step();
    return slide;
}

void SlideStore::complete(const std::string& job, int number, double duration_s) {
    state_->set(job, number, JobState::completed, {}, duration_s);
}

void SlideStore::fail(const std::string& job, int number, const JobFailure& failure) {
    state_->set(job, number, JobState::failed, failure, 0);
}

void SlideStore::put_back(const std::string& job, int number) {
    state_->set(job, number, JobState::queued, {}, 0);
}

SlideStore::Retry SlideStore::retry(const std::string& job, int number, const SlideChange& change) {
    const std::lock_guard guard(state_->mutex);
    Transaction transaction(state_->database);
    for (Slide& slide : state_->of(job)) {
        if (slide.request.number != number) continue;
        if (!state_->may_retry(job, slide)) return Retry::refused;
        if (change.script) slide.request.script = *change.script;
        if (change.audio) slide.request.audio = *change.audio;
        if (change.voice) slide.request.voice = *change.voice;
        state_->wait_again(job, slide.request);
        transaction.commit();
        return Retry::queued;
    }
    return Retry::no_slide;
}

}  // namespace ditto::jobs
