#include "server/generate_routes.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "media/audio_file.h"
namespace ditto::server {
namespace {

constexpr const char* retry_after_s = "30";
constexpr std::size_t max_key_bytes = 255;
/// More photos than anyone has in hand at once.
constexpr std::size_t most_remembered = 200;

Response queue_full(const Request& request) {
    Response full = refusal(429, Sentence::queue_full, request);
    full.headers.emplace_back("Retry-After", retry_after_s);
    return full;
}

/// What clients call a voice: the name it was uploaded with, else that of its file.
std::string title_of(const std::filesystem::path& voice) {
    const std::string name = read_note(voice).value("name", "");
    return name.empty() ? voice.filename().string() : name;
}

}  // namespace

std::optional<Response> refusal_of(jobs::JobStore::Added outcome, const Request& request) {
    if (outcome == jobs::JobStore::Added::full) return queue_full(request);
    if (outcome != jobs::JobStore::Added::key_taken) return std::nullopt;
    return refusal(409, Sentence::key_taken, request);
}

std::optional<jobs::IdempotencyKey> key_of(const Request& request, const std::string& kind) {
    const auto header = request.headers.find("idempotency-key");
    if (header == request.headers.end()) return std::nullopt;
    const std::string& key = header->second;
    const bool visible =
        std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (visible && !key.empty() && key.size() <= max_key_bytes) {
        return jobs::IdempotencyKey{key, kind + request.body};
    }
    const bool too_long = key.size() > max_key_bytes;
    const std::string message =
        say(too_long ? Sentence::key_too_long : Sentence::key_unreadable, request.language());
    const char* const type = too_long ? "string_too_long" : "string_pattern_mismatch";
    throw Refusal{
        json_response(field_errors_json({{"idempotency-key", message, type, "header"}}), 422)};
}

Response accepted_job(const std::string& job) {
    Response response = json_response(Json{{"job_id", job}, {"status", "processing"}});
    response.job_id = job;
    return response;
}

std::filesystem::path voice_at(const DataFolder& data, const std::string& audio_path,
                               const Request& request) {
    const DataFolder::Found audio = data.resolve(audio_path);
    if (audio.outcome == DataFolder::Found::Outcome::refused) {
        throw Refusal{refusal(400, Sentence::audio_path_refused, request)};
    }
    if (audio.outcome == DataFolder::Found::Outcome::missing) {
        throw Refusal{refusal(404, Sentence::audio_unknown, request, {{"path", audio_path}})};
    }
    return audio.path;
}

jobs::JobRequest job_of(const DataFolder& data, const GenerateBody& body, const Request& request) {
    const auto photo = data.photo(body.photo_id);
    if (!photo) throw Refusal{refusal(404, Sentence::photo_unknown, request)};
    jobs::JobRequest job;
    job.photo = *photo;
    job.engine = body.engine;
    job.controls = body.controls;
    job.webhook = body.webhook;
    job.priority = body.priority;
    return job;
}

std::optional<jobs::JobStore::Additions> repeated(jobs::JobStore& store,
                                                  const std::optional<jobs::IdempotencyKey>& key) {
    if (!key) return std::nullopt;
    auto earlier = store.earlier(*key);
    const bool same = earlier && earlier->outcome == jobs::JobStore::Added::repeated;
    return same ? std::move(earlier) : std::nullopt;
}

std::vector<Route> GenerateRoutes::routes() {
    return {
        {"POST", "/api/avatar/generate",
         [this](const Request& request, const std::string&) { return generate(request); },
         max_json_body},
        {"POST", "/api/avatar/generate-batch",
         [this](const Request& request, const std::string&) { return generate_batch(request); },
         4 * max_json_body},
        {"POST", "/api/avatar/validate",
         [this](const Request& request, const std::string&) { return validate(request); },
         max_json_body},
    };
}

std::vector<jobs::JobRequest> GenerateRoutes::wanted_jobs(const Request& request,
                                                          bool batch) const {
    BodyReader reader(request.body, request.language());
    const GenerateBody body =
        read_generate_body(reader, batch ? VoiceField::several : VoiceField::one);
    reader.check();
    jobs::JobRequest wanted = job_of(data_, body, request);
    wanted.preview_s = body.preview_duration;
    wanted.max_size = body.max_size;
    if (batch) wanted.batch = jobs::new_id();
    std::vector<jobs::JobRequest> all;
    for (const std::string& audio_path : body.audio_paths) {
        wanted.audio = voice_at(data_, audio_path, request);
        wanted.title = title_of(wanted.audio);
        all.push_back(wanted);
    }
    return all;
}

Response GenerateRoutes::generate(const Request& request) {
    const auto key = key_of(request);
    if (const auto earlier = repeated(store_, key)) return accepted_job(earlier->jobs.front().id);
    const jobs::JobRequest wanted = wanted_jobs(request, false).front();
    const auto added = store_.add(wanted, max_queued_, key);
    if (auto refused = refusal_of(added.outcome, request)) return std::move(*refused);
    runner_.wake();
    return accepted_job(added.id);
}

Response GenerateRoutes::generate_batch(const Request& request) {
    const auto key = key_of(request, "generate-batch\n");
    if (const auto earlier = repeated(store_, key)) return accepted_batch(earlier->jobs);
    const std::vector<jobs::JobRequest> wanted = wanted_jobs(request, true);
    const auto added = store_.add_all(wanted, max_queued_, key);
    if (auto refused = refusal_of(added.outcome, request)) return std::move(*refused);
    runner_.wake();
    return accepted_batch(added.jobs);
}

Response GenerateRoutes::accepted_batch(const std::vector<jobs::Job>& added) const {
    Json jobs = Json::array();
    for (const jobs::Job& job : added) {
        jobs.push_back({{"job_id", job.id},
                        {"audio_path", data_.client_path(job.request.audio)},
                        {"status", "processing"}});
    }
    const std::string& batch = added.front().request.batch;
    Response response = json_response(Json{{"batch_id", batch}, {"jobs", jobs}});
    response.batch_id = batch;
    return response;
}

/// Everything that generate would refuse, and what it would do, without doing it.
Response GenerateRoutes::validate(const Request& request) {
    const jobs::JobRequest wanted = wanted_jobs(request, false).front();
    const std::vector<Notice> notices = notices_of(wanted.photo, wanted.max_size);
    const media::AudioInfo voice = media::check_voice(wanted.audio);
    const std::string engine = engines_.decide({wanted.engine, checkpoints_});
    double spoken_s = voice.duration_s;
    if (wanted.preview_s > 0) spoken_s = std::min(spoken_s, wanted.preview_s);
    const auto speed = store_.seconds_per_video_second(engine);
    const auto rounded = [](double seconds) { return std::round(seconds * 10) / 10; };
    return json_response(
        Json{{"valid", true},
             {"engine", engine},
             {"audio_duration", std::round(voice.duration_s * 1000) / 1000},
             {"estimated_seconds", speed ? Json(rounded(*speed * spoken_s)) : Json()},
             {"notices", notices_json(notices, request.language())}});
}

std::vector<Notice> GenerateRoutes::notices_of(const std::filesystem::path& photo, int max_size) {
    const std::pair key{photo, max_size};
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = notices_.find(key); known != notices_.end()) return known->second;
    }
    const PhotoReport report = examiner_.examine(photo, max_size);
    const std::lock_guard lock(mutex_);
    if (notices_.size() >= most_remembered) notices_.clear();
    return notices_[key] = report.notices;
}

}  // namespace ditto::server
