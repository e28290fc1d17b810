#include "server/service.h"

#include <cmath>
#include <new>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "machine/gpu.h"
#include "server/generate_body.h"
#include "server/job_json.h"
#include "server/multipart.h"
#include "server/responses.h"
#include "server/sentences.h"

namespace ditto::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t megabyte = 1'000'000;
/// A photo of the largest size that is accepted, and the form around it.
constexpr std::int64_t max_photo_body = 41 * megabyte;
/// Four hours of WAV (48 kHz, stereo) are 2.8 GB; this is half of that.
constexpr std::int64_t max_voice_body = 1400 * megabyte;
constexpr std::int64_t max_json_body = 64 * 1024;

/// An Error in the words of the client's language, without the server's folders.
Response error_response(const Error& error, const Request& request) {
    const jobs::JobFailure failure{std::string(code_name(error.code())), error.values(), {}};
    return json_response(detail_json(failure_text(failure, request.language())),
                         http_status(error.code()));
}

/// With one digit after the point; null where it is not known.
Json gigabytes(std::optional<std::int64_t> bytes) {
    if (!bytes) return {};
    return std::round(static_cast<double>(*bytes) / (1 << 30) * 10) / 10;
}

std::string id_in(std::string_view path, std::string_view pattern) {
    const std::size_t at = pattern.find("{id}");
    if (at == std::string_view::npos || path.size() < at + 36) return {};
    const std::string_view id = path.substr(at, 36);
    const bool same = path.substr(0, at) == pattern.substr(0, at) &&
                      path.substr(at + 36) == pattern.substr(at + 4);
    return same && is_id(id) ? std::string(id) : std::string();
}

}  // namespace

Service::Service(ServiceSettings settings, DataFolder& data, jobs::JobStore& store,
                 jobs::JobRunner& runner, PhotoExaminer& examiner, const SharedEngines& engines)
    : settings_(std::move(settings)),
      data_(data),
      store_(store),
      runner_(runner),
      examiner_(examiner),
      engines_(engines) {}

const std::vector<Service::Route>& Service::routes() {
    static const std::vector<Route> table{
        {"GET", "/api/avatar/system-info", &Service::system_info, 0, false},
        {"POST", "/api/avatar/upload-photo", &Service::upload_photo, max_photo_body, true},
        {"POST", "/api/avatar/upload-audio", &Service::upload_audio, max_voice_body, true},
        {"GET", "/api/avatar/photos", &Service::photos, 0, false},
        {"DELETE", "/api/avatar/photo/{id}", &Service::delete_photo, 0, false},
        {"GET", "/api/avatar/options", &Service::options, 0, false},
        {"POST", "/api/avatar/validate", &Service::validate, max_json_body, false},
        {"POST", "/api/avatar/generate", &Service::generate, max_json_body, false},
        {"POST", "/api/avatar/generate-batch", &Service::generate_batch, max_json_body, false},
        {"GET", "/api/avatar/jobs", &Service::job_list, 0, false},
        {"GET", "/api/avatar/job/{id}", &Service::job, 0, false},
        {"DELETE", "/api/avatar/job/{id}", &Service::end_job, 0, false},
        {"GET", "/api/avatar/job/{id}/events", &Service::job_events, 0, false},
        {"GET", "/api/avatar/job/{id}/status", &Service::job_status, 0, false},
    };
    return table;
}

Service::Match Service::match(const Request& request) {
    static const Route files{"GET", "", &Service::file, 0, false};
    const bool file =
        request.path.starts_with("/uploads/") || request.path.starts_with("/outputs/");
    bool path_known = file;
    if (file && request.method == "GET") return {&files, {}};
    for (const Route& route : routes()) {
        const std::string id = id_in(request.path, route.path);
        if (request.path != route.path && id.empty()) continue;
        if (route.method == request.method) return {&route, id};
        path_known = true;
    }
    if (path_known) {
        throw Refusal{
            refusal(405, Sentence::method_not_allowed, request, {{"method", request.method}})};
    }
    throw Refusal{refusal(404, Sentence::not_found, request)};
}

BodyPlan Service::plan(const Request& request) const {
    const Route& route = *match(request).route;
    BodyPlan plan{route.max_body_bytes, nullptr};
    if (!route.multipart) return plan;
    const auto boundary = MultipartReader::boundary_of(request.header("content-type"));
    if (!boundary) throw Refusal{field_missing("file", request)};
    plan.upload = std::make_shared<Upload>(*boundary, data_.temporary());
    return plan;
}

Response Service::handle(const Request& request) {
    try {
        const Match found = match(request);
        return (this->*found.route->handler)(request, found.id);
    } catch (const Refusal& refused) {
        return refused.response;
    } catch (const std::exception& error) {
        return failed(error, request);
    }
}

Response Service::failed(const std::exception& error, const Request& request) {
    if (const auto* known = dynamic_cast<const Error*>(&error)) {
        return error_response(*known, request);
    }
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
        return error_response(Error(ErrorCode::memory), request);
    }
    return error_response(Error(ErrorCode::internal, {}, error.what()), request);
}

Response Service::refuse(int status, Language language) {
    const Sentence sentence = status == 413   ? Sentence::body_too_large
                              : status == 503 ? Sentence::stopping
                                              : Sentence::request_malformed;
    const std::string limit = std::to_string(max_photo_body / megabyte);
    return json_response(detail_json(say(sentence, language, {{"limit", limit}})), status);
}

void Service::measure(Metrics& metrics) {
    for (const auto& [state, count] : store_.count())
        metrics.set("ditto_jobs", {{"state", std::string(jobs::state_name(state))}}, count);
}

bool Service::works() {
    try {
        store_.count();
        return true;
    } catch (const Error&) {
        return false;
    }
}

Response Service::system_info(const Request&, const std::string&) {
    const auto counts = store_.count();
    const int running = counts.at(jobs::JobState::running);
    const machine::GpuReport report = machine::find_gpus();
    const machine::Gpu* gpu = report.gpus.empty() ? nullptr : &report.gpus.front();
    return json_response(
        Json{{"cuda_available", gpu != nullptr},
             {"gpu_name", gpu != nullptr ? Json(gpu->name) : Json()},
             {"gpu_memory_total", gpu != nullptr ? gigabytes(gpu->memory_bytes) : Json()},
             {"gpu_memory_available", gpu != nullptr ? gigabytes(gpu->free_bytes) : Json()},
             {"model_loaded", engines_.any_loaded()},
             {"avatar_enabled", true},
             {"is_generating", running > 0},
             {"busy_message", nullptr},
             {"engines", Json::array({"mesh"})},
             {"queue_length", counts.at(jobs::JobState::queued)},
             {"version", settings_.version}});
}

Response Service::upload_photo(const Request& request, const std::string&) {
    Upload& upload = *request.upload;
    if (!upload.complete()) return refusal(400, Sentence::multipart_malformed, request);
    if (!upload.has_file()) return field_missing("file", request);
    const PhotoReport report = examiner_.examine(upload.path());
    const std::string ending = picture_ending(upload.path());
    if (ending.empty()) throw Error(ErrorCode::photo_format);
    const std::string id = jobs::new_id();
    const std::string name = "avatar_" + id + ending;
    upload.take(data_.uploads() / name);

    const Rect& box = report.face_box;
    Json notices = Json::array();
    for (const Notice& notice : report.notices)
        notices.push_back(user_message(notice, request.language()));
    return json_response(Json{{"photo_id", id},
                              {"photo_url", "/uploads/" + name},
                              {"validation",
                               {{"valid", true},
                                {"message", say(Sentence::photo_valid, request.language())},
                                {"face_count", report.face_count},
                                {"face_bbox", Json::array({box.x, box.y, box.width, box.height})},
                                {"image_size", Json::array({report.width, report.height})},
                                {"notices", notices}}}});
}

Response Service::job_status(const Request& request, const std::string& id) {
    const auto job = store_.find(id);
    if (!job) return refusal(404, Sentence::job_unknown, request);
    const int before = job->state == jobs::JobState::queued ? store_.queued_before(id) : 0;
    return json_response(job_status_json(*job, before, jobs::now_s(), request.language()));
}

Response Service::file(const Request& request, const std::string&) {
    return data_.serve(request);
}

}  // namespace ditto::server
