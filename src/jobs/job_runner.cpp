#include "jobs/job_runner.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <system_error>

#include <sys/resource.h>

#include "app/generate.h"
#include "base/messages.h"
#include "jobs/failure.h"
#include "jobs/job_reporter.h"
#include "jobs/presentation_work.h"

namespace ditto::jobs {
namespace {

/// How often old jobs are looked for.
constexpr std::chrono::seconds housekeeping_interval{60};
/// After how long a store that is full or locked is asked again.
constexpr std::chrono::seconds trouble_interval{1};

/// The calling thread leaves the processor to others of the program: on Linux the niceness is a
/// thread's own, and the threads that it starts inherit it.
void step_back(int steps) {
    setpriority(PRIO_PROCESS, 0, std::min(19, getpriority(PRIO_PROCESS, 0) + steps));
}

}  // namespace

JobRunner::JobRunner(JobStore& store, Engines& engines, RunnerSettings settings)
    : store_(store), engines_(engines), settings_(std::move(settings)) {
    const auto has_video = [this](const std::string& id) {
        std::error_code ignored;
        const auto job = store_.find(id);
        // A presentation is joined again from its slides, which is soon done and tells its length.
        const bool joined = job && job->request.kind() == JobKind::presentation;
        return !joined && std::filesystem::is_regular_file(video_of(id), ignored);
    };
    store_.recover(has_video, settings_.max_attempts);
    remove_leftovers();
    if (settings_.presentations != nullptr) settings_.presentations->remove_leftovers(store_);
}

JobRunner::~JobRunner() {
    stop(0);
}

void JobRunner::start() {
    if (settings_.judge) {
        // What the last run of the program did not come to.
        for (const std::string& id : store_.unjudged())
            unjudged_.push_back(id);
        judge_ = std::jthread([this](const std::stop_token& stop) { judge_finished(stop); });
    }
    for (int i = 0; i < settings_.workers; ++i)
        threads_.emplace_back([this] { work(); });
}

void JobRunner::wake() {
    const std::lock_guard lock(mutex_);
    work_waits_ = true;
    changed_.notify_all();
}

std::optional<JobState> JobRunner::cancel(const std::string& id) {
    const auto state = store_.request_cancel(id);
    if (state == JobState::cancelled) remove_parts(id);
    const std::lock_guard lock(mutex_);
    if (const auto found = running_.find(id); found != running_.end()) {
        found->second.stop.request_stop();
    }
    return state;
}

void JobRunner::stop(double patience_s) {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
        changed_.wait_for(lock, std::chrono::duration<double>(patience_s),
                          [this] { return running_.empty(); });
        for (auto& [id, job] : running_) {
            job.put_back = true;
            job.stop.request_stop();
        }
    }
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
    if (judge_.joinable()) {
        judge_.request_stop();
        judge_.join();
    }
}

bool JobRunner::remove(const std::string& id) {
    if (!store_.remove(id)) return false;
    remove_files(id);
    return true;
}

std::filesystem::path JobRunner::video_of(const std::string& id) const {
    return settings_.outputs / ("avatar_" + id + ".mp4");
}

std::filesystem::path JobRunner::preview_of(const std::string& id) const {
    return settings_.previews.empty() ? std::filesystem::path()
                                      : settings_.previews / (id + ".jpg");
}

void JobRunner::work() {
    step_back(5);
    for (;;) {
        std::optional<Job> job;
        auto pause = housekeeping_interval;
        try {
            remove_old();
            job = take();
        } catch (const Error&) {
            // A full or locked disk: the jobs stay queued, and the next round tries again.
            job.reset();
            pause = trouble_interval;
        }
        std::unique_lock lock(mutex_);
        if (stopping_) {
            try {
                if (job) store_.put_back(job->id);
            } catch (const Error&) {
                // A full or locked disk: the next start finds the job running and queues it.
            }
            if (job) running_.erase(job->id);
            changed_.notify_all();
            return;
        }
        if (!job) {
            changed_.wait_for(lock, pause, [this] { return stopping_ || work_waits_; });
            work_waits_ = false;
            continue;
        }
        lock.unlock();
        run(*job);
        lock.lock();
        running_.erase(job->id);
        // A job that waited for this engine may run now.
        work_waits_ = true;
        changed_.notify_all();
    }
}

std::string JobRunner::engine_for(EngineWish wish) const {
    try {
        return engines_.decide({wish, settings_.checkpoints});
    } catch (const Error&) {
        // The job tells its reason when it runs.
        return {};
    }
}

std::optional<Job> JobRunner::take() {
    const std::lock_guard lock(mutex_);
    if (settings_.engine_limits.empty()) {
        auto job = store_.take();
        if (job) running_[job->id];
        return job;
    }
    std::map<std::string, int> busy;
    for (const auto& [id, running] : running_)
        ++busy[running.engine];
    std::vector<EngineWish> full;
    for (const auto wish : {EngineWish::automatic, EngineWish::mesh, EngineWish::ditto}) {
        const std::string engine = engine_for(wish);
        const auto limit = settings_.engine_limits.find(engine);
        if (limit != settings_.engine_limits.end() && busy[engine] >= limit->second) {
            full.push_back(wish);
        }
    }
    auto job = store_.take(full);
    if (job) running_[job->id].engine = engine_for(job->request.engine);
    return job;
}

void JobRunner::run(const Job& job) {
    std::stop_token stop;
    {
        const std::lock_guard lock(mutex_);
        stop = running_.at(job.id).stop.get_token();
    }
    JobReporter reporter([&](const JobProgress& now) {
        try {
            store_.record(job.id, now);
        } catch (const Error&) {
            // A full or locked disk: the video is worth more than its progress.
            return;
        }
    });
    if (settings_.observer != nullptr) settings_.observer->started(job);
    while (!attempt(job, reporter, stop))
        continue;
    if (settings_.observer == nullptr) return;
    try {
        auto after = store_.find(job.id);
        if (!after) return;
        // The store knows it of finished jobs only.
        if (after->engine.empty()) after->engine = reporter.engine();
        settings_.observer->ended(*after, reporter.finish());
    } catch (const Error&) {
        // Nobody is told while the store cannot be read.
        return;
    }
}

bool JobRunner::attempt(const Job& job, JobReporter& reporter, const std::stop_token& stop) {
    JobFailure failure;
    try {
        // The store, not only the stop token: the wish may be older than this attempt.
        const auto present = store_.find(job.id);
        if (present && present->cancel_requested) throw Error(ErrorCode::cancelled);
        const double video_s = make_video(job, reporter, stop);
        insist([&] {
            store_.record_stage_times(job.id, reporter.finish().stages);
            store_.complete(job.id, reporter.engine(), video_s);
        });
        if (job.request.kind() == JobKind::presentation) remove_parts(job.id);
        if (!settings_.judge || job.request.kind() == JobKind::presentation) return true;
        const std::lock_guard lock(mutex_);
        unjudged_.push_back(job.id);
        judge_waits_.notify_one();
        return true;
    } catch (const std::exception& error) {
        failure = failure_of(error);
    }
    remove_preview(job.id);
    bool ended = true;
    insist([&] {
        if (failure.code == code_name(ErrorCode::cancelled)) {
            end_stopped(job.id);
        } else {
            ended = store_.fail(job.id, failure);
        }
    });
    return ended;
}

void JobRunner::insist(const std::function<void()>& act) {
    for (;;) {
        try {
            return act();
        } catch (const Error&) {
            std::unique_lock lock(mutex_);
            if (changed_.wait_for(lock, trouble_interval, [this] { return stopping_; })) return;
        }
    }
}

double JobRunner::make_video(const Job& job, JobReporter& reporter, const std::stop_token& stop) {
    if (job.request.kind() == JobKind::presentation) {
        if (settings_.presentations == nullptr) throw Error(ErrorCode::internal);
        return settings_.presentations->make(job, video_of(job.id), preview_of(job.id), reporter,
                                             stop);
    }
    GenerateRequest wanted{job.request.photo,  job.request.audio,     video_of(job.id),
                           job.request.engine, settings_.checkpoints, job.request.controls};
    wanted.preview_s = job.request.preview_s;
    wanted.max_size = job.request.max_size;
    wanted.preview = preview_of(job.id);
    return generate_video(wanted, engines_, reporter, stop).duration_s;
}

void JobRunner::end_stopped(const std::string& id) {
    bool put_back = false;
    {
        const std::lock_guard lock(mutex_);
        put_back = running_.at(id).put_back;
    }
    const auto job = store_.find(id);
    if (put_back && job && !job->cancel_requested) {
        store_.put_back(id);
    } else {
        store_.end_cancelled(id);
        remove_parts(id);
    }
}

void JobRunner::remove_old() {
    if (settings_.keep_finished_s <= 0) return;
    const double before_s = now_s() - settings_.keep_finished_s;
    for (const std::string& id : store_.remove_finished_before(before_s))
        remove_files(id);
    if (settings_.remove_uploads) settings_.remove_uploads(before_s);
}

void JobRunner::remove_files(const std::string& id) const {
    std::error_code ignored;
    for (const char* ending : {".mp4", ".srt", ".vtt"})
        std::filesystem::remove(video_of(id).replace_extension(ending), ignored);
    remove_preview(id);
    remove_parts(id);
}

void JobRunner::remove_parts(const std::string& id) const {
    if (settings_.presentations != nullptr) settings_.presentations->remove(id);
}

void JobRunner::remove_preview(const std::string& id) const {
    std::error_code ignored;
    if (!settings_.previews.empty()) std::filesystem::remove(preview_of(id), ignored);
}

void JobRunner::judge_finished(const std::stop_token& stop) {
    step_back(19);
    for (;;) {
        std::string id;
        {
            std::unique_lock lock(mutex_);
            if (!judge_waits_.wait(lock, stop, [this] { return !unjudged_.empty(); })) return;
            id = unjudged_.front();
            unjudged_.pop_front();
        }
        try {
            judge(id, stop);
        } catch (const Error&) {
            // A full or locked disk: the next start judges it.
            continue;
        }
    }
}

void JobRunner::judge(const std::string& id, const std::stop_token& stop) {
    const auto job = store_.find(id);
    if (!job) return;
    std::string judgement = "none";
    try {
        judgement = settings_.judge(video_of(id), job->request.photo, stop);
    } catch (const std::exception&) {
        // The video is good without it: removed meanwhile, no face to follow, no memory.
        if (stop.stop_requested()) return;
    }
    store_.record_judgement(id, judgement);
}

/// A killed program leaves the hidden beginning of a file, ".avatar_<id>.mp4.part-...".
void JobRunner::remove_leftovers() const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(settings_.outputs, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(".avatar_") && name.find(".part-") != std::string::npos) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

}  // namespace ditto::jobs
