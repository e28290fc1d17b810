#include "server/job_watch.h"

#include "base/progress.h"

namespace ditto::server {

void JobWatch::started(const jobs::Job& job) {
    log_.write(LogLevel::info, "job_started",
               {{"job_id", job.id},
                {"batch_id", job.request.batch},
                {"attempt", std::to_string(job.attempts)}});
}

void JobWatch::ended(const jobs::Job& job, const jobs::AttemptTimes& times) {
    const std::string state(jobs::state_name(job.state));
    const std::string engine = job.engine.empty() ? "unknown" : job.engine;
    metrics_.add("ditto_jobs_ended_total", {{"engine", engine}, {"state", state}});
    for (const auto& [stage, seconds] : times.stages)
        metrics_.observe("ditto_stage_seconds", {{"stage", std::string(stage_name(stage))}},
                         seconds);
    metrics_.add("ditto_frames_total", {}, static_cast<double>(times.frames));
    if (job.state == jobs::JobState::completed) {
        metrics_.observe("ditto_job_seconds", {{"engine", engine}}, times.whole_s);
        const auto render = times.stages.find(Stage::render);
        if (render != times.stages.end() && render->second > 0) {
            metrics_.set("ditto_frames_per_second", {{"engine", engine}},
                         static_cast<double>(times.frames) / render->second);
        }
    }
    const bool failed = job.state == jobs::JobState::failed;
    log_.write(failed ? LogLevel::error : LogLevel::info, "job_ended",
               {{"job_id", job.id},
                {"batch_id", job.request.batch},
                {"state", state},
                {"engine", job.engine},
                {"duration_s", std::to_string(times.whole_s)},
                {"frames", std::to_string(times.frames)},
                {"error", job.failure.code},
                {"error_detail", job.failure.detail}});
}

}  // namespace ditto::server
