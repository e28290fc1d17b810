#include "server/job_json.h"

#include <cmath>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "engine/controls.h"
#include "server/sentences.h"
#include "server/voice_files.h"

namespace ditto::server {
namespace {

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

nlohmann::ordered_json status_of(const jobs::Job& job, int queued_before, double now_s,
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
    if (job.state == jobs::JobState::running && job.progress.seconds_left) {
        json["seconds_left"] = std::round(*job.progress.seconds_left * 10) / 10;
    }
    return json;
}

/// Zero stands for a time that has not come.
nlohmann::ordered_json time_or_null(double seconds) {
    return seconds > 0 ? nlohmann::ordered_json(seconds) : nlohmann::ordered_json();
}

/// What was chosen by hand: the controls that differ from the standard, and the engine.
nlohmann::ordered_json settings_of(const jobs::JobRequest& request) {
    nlohmann::ordered_json settings = nlohmann::ordered_json::object();
    const Controls standard;
    for (const ControlSpec& spec : control_specs()) {
        const std::string text = control_text(request.controls, spec);
        if (text == control_text(standard, spec)) continue;
        const auto number = nlohmann::ordered_json::parse(text, nullptr, false);
        settings[std::string(spec.name)] =
            number.is_number() ? number : nlohmann::ordered_json(text);
    }
    if (request.engine == EngineWish::mesh) settings["engine"] = "mesh";
    if (request.engine == EngineWish::ditto) settings["engine"] = "ditto";
    if (is_excerpt(request.audio)) settings["preview_duration"] = true;
    return settings;
}

std::string dumped(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

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

std::string job_status_json(const jobs::Job& job, int queued_before, double now_s,
                            Language language) {
    return dumped(status_of(job, queued_before, now_s, language));
}

std::string job_json(const jobs::Job& job, const std::filesystem::path& data, int queued_before,
                     double now_s, Language language) {
    nlohmann::ordered_json json = status_of(job, queued_before, now_s, language);
    constexpr std::size_t id_begin = std::string_view("avatar_").size();
    const std::string photo = job.request.photo.filename().string();
    json["kind"] = "avatar";
    json["engine"] =
        job.engine.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(job.engine);
    json["created"] = time_or_null(job.created_s);
    json["started"] = time_or_null(job.started_s);
    json["finished"] = time_or_null(job.finished_s);
    json["photo_id"] = photo.size() > id_begin + 36 ? photo.substr(id_begin, 36) : "";
    json["photo_url"] = "/uploads/" + photo;
    json["audio_path"] = "./" + job.request.audio.lexically_relative(data).generic_string();
    json["audio_name"] = voice_name(job.request.audio);
    json["settings"] = settings_of(job.request);
    json["queue_position"] = job.state == jobs::JobState::queued
                                 ? nlohmann::ordered_json(queued_before)
                                 : nlohmann::ordered_json();
    return dumped(json);
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
