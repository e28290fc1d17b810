#include "server/job_json.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "server/sentences.h"

namespace ditto::server {
namespace {

/// What is left of the time that was told, now.
std::optional<double> seconds_left(const jobs::JobProgress& progress, double now_s) {
    if (!progress.seconds_left) return std::nullopt;
    return std::max(0., *progress.seconds_left - std::max(0., now_s - progress.told_s));
}

std::string message_of(const jobs::Job& job, int queued_before, double now_s, Language language) {
    switch (job.state) {
        case jobs::JobState::queued:
            if (queued_before == 0) return say(Sentence::job_next, language);
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

/// To milliseconds.
double rounded(double seconds) {
    return std::round(seconds * 1000) / 1000;
}

/// Null where it has not happened.
Json time_json(double time_s) {
    return time_s > 0 ? Json(rounded(time_s)) : Json();
}

/// What was asked for beyond the defaults, as a client may send it again.
Json settings_json(const jobs::JobRequest& request) {
    Json settings = Json::object();
    const char* const wishes[] = {"auto", "mesh", "ditto"};
    if (request.engine != EngineWish::automatic) {
        settings["engine"] = wishes[static_cast<int>(request.engine)];
    }
    const Controls defaults;
    for (const ControlSpec& spec : control_specs()) {
        if (control_text(request.controls, spec) == control_text(defaults, spec)) continue;
        settings[std::string(spec.name)] = control_json(control_text(request.controls, spec));
    }
    if (request.preview_s > 0) settings["preview_duration"] = request.preview_s;
    if (request.max_size > 0) settings["max_size"] = request.max_size;
    if (request.priority != 0) settings["priority"] = request.priority;
    return settings;
}

}  // namespace

Json control_json(const std::string& text) {
    const auto emotion = std::find(emotion_names.begin(), emotion_names.end(), text);
    if (emotion != emotion_names.end()) return emotion - emotion_names.begin();
    const Json number = Json::parse(text, nullptr, false);
    return number.is_number() ? number : Json(text);
}

std::string running_text(const jobs::Job& job, double now_s, Language language) {
    const double passed_s = std::max(0., now_s - job.started_s);
    std::string text(stage_text(job.progress.stage, language));
    text += "...";
    std::optional<double> whole_s = seconds_left(job.progress, now_s);
    if (whole_s) *whole_s += passed_s;
    if (whole_s || passed_s >= 1) text += " (" + time_text(passed_s, whole_s, language) + ")";
    return text;
}

std::string client_state(jobs::JobState state) {
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

void add_job_details(const jobs::Job& job, const DataFolder& data, Json& json) {
    const std::string photo = job.request.photo.stem().string();
    const std::string start = "avatar_";
    const bool talk = job.request.kind() == jobs::JobKind::presentation;
    json["kind"] = talk ? "presentation" : "avatar";
    json["engine"] = job.engine.empty() ? Json() : Json(job.engine);
    json["created"] = time_json(job.created_s);
    json["started"] = time_json(job.started_s);
    json["finished"] = time_json(job.finished_s);
    json["attempts"] = job.attempts;
    json["photo_id"] = photo.starts_with(start) ? Json(photo.substr(start.size())) : Json();
    json["photo_url"] = data.client_path(job.request.photo).substr(1);
    json["audio_path"] = talk ? Json() : Json(data.client_path(job.request.audio));
    json["audio_name"] = job.request.title;
    json["batch_id"] = job.request.batch.empty() ? Json() : Json(job.request.batch);
    json["settings"] = settings_json(job.request);
    json["queue_position"] = nullptr;
    json["video_duration"] = job.video_s > 0 ? Json(job.video_s) : Json();
    const Json judgement = Json::parse(job.judgement, nullptr, false);
    json["judge"] = judgement.is_object() ? judgement : Json();
}

void add_slides(const jobs::Job& job, const std::vector<jobs::Slide>& slides, Language language,
                Json& json) {
    json["slides"] = Json::array();
    Json chapters = Json::array();
    double start_s = 0;
    for (const jobs::Slide& slide : slides) {
        const jobs::SlideRequest& shown = slide.request;
        const bool failed = slide.state == jobs::JobState::failed;
        json["slides"].push_back(
            {{"number", shown.number},
             {"status", client_state(slide.state)},
             {"error", failed ? Json(failure_text(slide.failure, language)) : Json()}});
        const std::string title = shown.title.empty() ? std::to_string(shown.number) : shown.title;
        chapters.push_back({{"title", title}, {"start", rounded(start_s)}});
        start_s += slide.duration_s;
    }
    const bool made = job.state == jobs::JobState::completed;
    const bool subtitled = made && job.request.presentation->subtitles;
    const std::string name = "/outputs/avatar_" + job.id;
    json["subtitles_url"] = subtitled ? Json(name + ".srt") : Json();
    json["vtt_url"] = subtitled ? Json(name + ".vtt") : Json();
    json["chapters"] = made ? chapters : Json::array();
}

Json job_status_json(const jobs::Job& job, int queued_before, double now_s, Language language) {
    Json json{{"job_id", job.id},
              {"status", client_state(job.state)},
              {"progress", job.progress.percent},
              {"message", message_of(job, queued_before, now_s, language)},
              {"video_url", nullptr},
              {"error", nullptr},
              {"duration", nullptr},
              {"cancelled", job.state == jobs::JobState::cancelled}};
    if (job.state == jobs::JobState::running) {
        json["stage"] = stage_name(job.progress.stage);
        const auto left_s = seconds_left(job.progress, now_s);
        json["seconds_left"] = left_s ? Json(std::round(*left_s * 10) / 10) : Json();
    }
    if (job.state == jobs::JobState::completed) {
        json["video_url"] = "/outputs/avatar_" + job.id + ".mp4";
        json["duration"] = rounded(job.finished_s - job.started_s);
        json["engine"] = job.engine;
        json["stage_seconds"] = Json::object();
        for (const auto& [stage, seconds] : job.stage_times_s)
            json["stage_seconds"][std::string(stage_name(stage))] = rounded(seconds);
    }
    if (job.state == jobs::JobState::failed) {
        json["error"] = failure_text(job.failure, language);
        json["error_code"] = job.failure.code;
    }
    if (job.state == jobs::JobState::cancelled) json["error"] = "cancelled";
    return json;
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

std::string failure_text(const Error& error, Language language) {
    return failure_text({std::string(code_name(error.code())), error.values(), {}}, language);
}

}  // namespace ditto::server
