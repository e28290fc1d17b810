#include "server/service.h"

#include <new>

#include "base/error.h"
#include "server/audio_routes.h"
#include "server/deck_routes.h"
#include "server/generate_routes.h"
#include "server/job_json.h"
#include "server/job_routes.h"
#include "server/multipart.h"
#include "server/photo_routes.h"
#include "server/speech_routes.h"
#include "server/system_routes.h"

namespace ditto::server {
namespace {

constexpr std::string_view id_mark = "{id}";

/// An Error in the words of the client's language, without the server's folders.
Response error_response(const Error& error, const Request& request) {
    return json_response(detail_json(failure_text(error, request.language())),
                         http_status(error.code()));
}

/// What stands at {id}, where the path is of this pattern.
std::optional<std::string> match_path(std::string_view path, std::string_view pattern) {
    constexpr std::size_t id_size = 36;
    const std::size_t at = pattern.find(id_mark);
    if (at == std::string_view::npos) {
        return path == pattern ? std::optional<std::string>("") : std::nullopt;
    }
    if (path.size() < at + id_size) return std::nullopt;
    const std::string_view id = path.substr(at, id_size);
    const bool same = path.substr(0, at) == pattern.substr(0, at) &&
                      path.substr(at + id_size) == pattern.substr(at + id_mark.size());
    return same && is_id(id) ? std::optional<std::string>(id) : std::nullopt;
}

}  // namespace

struct Service::Groups {
    PhotoRoutes photos;
    AudioRoutes voices;
    GenerateRoutes work;
    JobRoutes jobs;
    SystemRoutes system;
    SpeechRoutes speech;
    DeckRoutes decks;
};

Service::Service(ServiceSettings settings, DataFolder& data, jobs::JobStore& store,
                 jobs::JobRunner& runner, PhotoExaminer& examiner, const SharedEngines& engines,
                 const speech::Speaker& speaker)
    : data_(data),
      store_(store),
      engines_(engines),
      decks_(std::make_unique<DeckStore>(data)),
      groups_(new Groups{PhotoRoutes(data, store, examiner), AudioRoutes(data),
                         GenerateRoutes(data, store, runner, examiner, engines,
                                        settings.checkpoints, settings.max_queued),
                         JobRoutes(data, store, runner),
                         SystemRoutes(store, engines, settings.checkpoints, settings.version),
                         SpeechRoutes(data, speaker), DeckRoutes(*decks_)}) {
    const auto add = [this](std::vector<Route> routes) {
        for (Route& route : routes)
            routes_.push_back(std::move(route));
    };
    add(groups_->photos.routes());
    add(groups_->voices.routes());
    add(groups_->work.routes());
    add(groups_->jobs.routes());
    add(groups_->system.routes());
    add(groups_->speech.routes());
    add(groups_->decks.routes());
    files_ = {"GET", "",
              [this](const Request& request, const std::string&) { return data_.serve(request); }};
}

Service::~Service() = default;

Service::Match Service::match(const Request& request) const {
    const bool file =
        request.path.starts_with("/uploads/") || request.path.starts_with("/outputs/");
    bool path_known = file;
    if (file && request.method == "GET") return {&files_, {}};
    for (const Route& route : routes_) {
        auto id = match_path(request.path, route.path);
        if (!id) continue;
        if (route.method == request.method) return {&route, std::move(*id)};
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
        return found.route->handle(request, found.id);
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
    return json_response(detail_json(say(sentence, language)), status);
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

}  // namespace ditto::server
