#include "server/job_json.h"

#include <cmath>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "server/sentences.h"

namespace ditto::server {
namespace {

/// Clients know four states.
const char* client_state(jobs::JobState state) {
    switch (state) {
        case jobs::JobState::queued:
            return "pending";
        case jobs::JobState::running:
            return "processing";
        case jobs::JobState::completed:
            return "completed";
        case jobs::JobState::failed:
        case jobs::JobState::cancelled:
            break;
    }
    return "failed";
}

/// "Rendering... (2/5 min)": the stage, and the time that passed of the time it will take.
std::string running_text(const jobs::Job& job, double now_s, Language language) {
    std::string text(stage_text(job.progress.stage, language));
    text += "...";
    if (job.progress.seconds_left) {
        const double passed_s = std::max(0., now_s - job.started_s);
        text += " (" + time_text(passed_s, passed_s + *job.progress.seconds_left, language) + ")";
    }
    return text;
}

std::string message_of(const jobs::Job& job, int queued_before, double now_s, Language language) {
    switch (job.state) {
        case jobs::JobState::queued:
            return say(Sentence::job_queued, language, {{"count", std::to_string(queued_before)}});
        case jobs::JobState::running:
            return running_text(job, now_s, language);
        case jobs::JobState::completed:
            return say(Sentence::job_completed, language);
        case jobs::JobState::failed:
        case jobs::JobState::cancelled:
            break;
    }
    return failure_text(job.failure, language);
}

}  // namespace

std::string job_status_json(const jobs::Job& job, int queued_before, double now_s,
                            Language language) {
    nlohmann::ordered_json json{{"job_id", job.id},
                                {"status", client_state(job.state)},
                                {"progress", job.progress.percent},
                                {"message", message_of(job, queued_before, now_s, language)},
                                {"video_url", nullptr},
                                {"error", nullptr},
                                {"duration", nullptr},
                                {"cancelled", job.state == jobs::JobState::cancelled}};
    if (job.state == jobs::JobState::completed) {
        json["video_url"] = "/outputs/avatar_" + job.id + ".mp4";
        json["duration"] = std::round((job.finished_s - job.started_s) * 1000) / 1000;
        json["engine"] = job.engine;
    }
    if (job.state == jobs::JobState::failed) {
        json["error"] = failure_text(job.failure, language);
        json["error_code"] = job.failure.code;
    }
    if (job.state == jobs::JobState::cancelled) json["error"] = "cancelled";
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string failure_text(const jobs::JobFailure& failure, Language language) {
    MessageValues values = failure.values;
    for (auto& [name, value] : values) {
        if (name == "path" || name == "folder") {
            value = std::filesystem::path(value).filename().string();
        }
    }
    if (failure.code == "interrupted") return say(Sentence::job_interrupted, language, values);
    for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        if (code_name(code) == failure.code) return user_message(code, values, language);
    }
    return user_message(ErrorCode::internal, {}, language);
}

}  // namespace ditto::server
