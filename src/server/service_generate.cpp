// Endpoints that make videos, one or several, or tell whether they could be made.
#include <cmath>

#include <nlohmann/json.hpp>

#include "media/audio_file.h"
#include "server/generate_body.h"
#include "server/responses.h"
#include "server/service.h"
#include "server/voice_files.h"

namespace ditto::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* retry_after_s = "30";
constexpr std::size_t most_in_batch = 200;

/// The bodies of a batch: one for each of its `audio_paths`; empty where that is no list of them.
std::vector<std::string> bodies_of(const std::string& text) {
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("audio_paths")) return {};
    const Json paths = json["audio_paths"];
    if (!paths.is_array() || paths.size() > most_in_batch) return {};
    json.erase("audio_paths");
    std::vector<std::string> bodies;
    for (const Json& path : paths) {
        json["audio_path"] = path;
        bodies.push_back(json.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    return bodies;
}

}  // namespace

jobs::JobRequest Service::wanted_job(const GenerateBody& body, const Request& request) const {
    if (!body.errors.empty()) throw Refusal{json_response(field_errors_json(body.errors), 422)};
    const auto photo = data_.photo(body.photo_id);
    if (!photo) throw Refusal{refusal(404, Sentence::photo_unknown, request)};
    const DataFolder::Found audio = data_.resolve(body.audio_path);
    if (audio.outcome == DataFolder::Found::Outcome::refused) {
        throw Refusal{refusal(400, Sentence::audio_path_refused, request)};
    }
    if (audio.outcome == DataFolder::Found::Outcome::missing) {
        throw Refusal{refusal(404, Sentence::audio_unknown, request)};
    }
    jobs::JobRequest wanted;
    wanted.photo = *photo;
    wanted.audio = audio.path;
    wanted.engine = body.engine;
    wanted.controls = body.controls;
    wanted.webhook = body.webhook;
    return wanted;
}

Response Service::queue_full(const Request& request) const {
    Response full = refusal(429, Sentence::queue_full, request);
    full.headers.emplace_back("Retry-After", retry_after_s);
    return full;
}

Response Service::generate(const Request& request, const std::string&) {
    const GenerateBody body = read_generate_body(request.body, request.language());
    jobs::JobRequest wanted = wanted_job(body, request);
    if (body.preview_duration_s > 0) {
        const auto excerpt = data_.uploads() / ("preview_" + jobs::new_id() + ".wav");
        write_excerpt(wanted.audio, body.preview_duration_s, excerpt);
        wanted.audio = excerpt;
    }
    const auto added = store_.add(wanted, settings_.max_queued);
    if (added.outcome == jobs::JobStore::Added::full) return queue_full(request);
    runner_.wake();
    return json_response(Json{{"job_id", added.id}, {"status", "processing"}});
}

Response Service::validate(const Request& request, const std::string&) {
    const GenerateBody body = read_generate_body(request.body, request.language());
    const jobs::JobRequest wanted = wanted_job(body, request);
    const media::AudioInfo info = media::check_voice(wanted.audio);
    return json_response(Json{{"valid", true},
                              {"engine", wanted.engine == EngineWish::ditto ? "ditto" : "mesh"},
                              {"audio_duration", std::round(info.duration_s * 1000) / 1000},
                              {"estimated_seconds", nullptr},
                              {"notices", Json::array()}});
}

Response Service::generate_batch(const Request& request, const std::string&) {
    const std::vector<std::string> bodies = bodies_of(request.body);
    if (bodies.empty()) return field_missing("audio_paths", request);
    std::vector<jobs::JobRequest> wanted;
    for (const std::string& body : bodies)
        wanted.push_back(wanted_job(read_generate_body(body, request.language()), request));
    Json made = Json::array();
    for (const jobs::JobRequest& one : wanted) {
        const auto added = store_.add(one, settings_.max_queued);
        if (added.outcome == jobs::JobStore::Added::full) {
            // All or none.
            for (const Json& earlier : made) {
                const auto id = earlier["job_id"].get<std::string>();
                store_.request_cancel(id);
                store_.remove(id);
            }
            return queue_full(request);
        }
        made.push_back({{"job_id", added.id},
                        {"audio_path", "./uploads/" + one.audio.filename().string()},
                        {"status", "processing"}});
    }
    runner_.wake();
    return json_response(Json{{"batch_id", jobs::new_id()}, {"jobs", made}});
}

}  // namespace ditto::server
