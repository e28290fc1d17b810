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
#include "server/presentation_routes.h"
#include "server/speech_routes.h"
#include "server/system_routes.h"

namespace ditto::server {
namespace {

constexpr std::string_view id_mark = "{id}";
constexpr std::string_view number_mark = "{number}";

/// An Error in the words of the client's language, without the server's folders.
Response error_response(const Error& error, const Request& request) {
    return json_response(detail_json(failure_text(error, request.language())),
                         http_status(error.code()));
}

/// What stands at {id}, an id or not, where the path is of this pattern; "" where it has none.
std::optional<std::string_view> match_path(std::string_view path, std::string_view pattern) {
    std::string_view id = "";
    for (;;) {
        const std::string_view word = path.substr(0, path.find('/'));
        const std::string_view mark = pattern.substr(0, pattern.find('/'));
        const bool open = mark == id_mark || mark == number_mark;
        if (open ? word.empty() : word != mark) return std::nullopt;
        if (mark == id_mark) id = word;
        const bool path_ends = word.size() == path.size();
        const bool pattern_ends = mark.size() == pattern.size();
        if (path_ends != pattern_ends) return std::nullopt;
        if (path_ends) return id;
        path.remove_prefix(word.size() + 1);
        pattern.remove_prefix(mark.size() + 1);
    }
}

Response too_large(const Request& request) {
    const std::int64_t limit = request.max_body_bytes;
    if (limit == 0) return refusal(413, Sentence::body_too_large, request);
    const std::string text = limit >= megabyte ? std::to_string(limit / megabyte) + " MB"
                                               : std::to_string(limit / 1024) + " KB";
    return refusal(413, Sentence::body_over_limit, request, {{"limit", text}});
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
    PresentationRoutes presentations;
};

Service::Service(ServiceSettings settings, DataFolder& data, jobs::JobStore& store,
                 jobs::JobRunner& runner, PhotoExaminer& examiner, const SharedEngines& engines,
                 const speech::Speaker& speaker)
    : data_(data),
      store_(store),
      engines_(engines),
      decks_(std::make_unique<DeckStore>(data)),
      slides_(std::make_unique<jobs::SlideStore>(data.root() / "jobs.db")),
      groups_(new Groups{
          PhotoRoutes(data, store, examiner), AudioRoutes(data),
          GenerateRoutes(data, store, runner, examiner, engines, settings.checkpoints,
                         settings.max_queued),
          JobRoutes(data, store, *slides_, runner),
          SystemRoutes(store, engines, settings.checkpoints, settings.version),
          SpeechRoutes(data, speaker), DeckRoutes(*decks_),
          PresentationRoutes(data, store, *slides_, runner, *decks_, settings.max_queued)}) {
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
    add(groups_->presentations.routes());
    files_ = {"GET", "",
              [this](const Request& request, const std::string&) { return data_.serve(request); }};
}

Service::~Service() = default;

Service::Match Service::match(const Request& request) const {
    const bool file =
        request.path.starts_with("/uploads/") || request.path.starts_with("/outputs/");
    if (file && request.method == "GET") return {&files_, {}};
    std::string allowed = file ? "GET, HEAD" : "";
    for (const Route& route : routes_) {
        const auto id = match_path(request.path, route.path);
        if (!id) continue;
        if (route.method == request.method) {
            const bool known = id->empty() || is_id(*id);
            if (!known) throw Refusal{refusal(404, Sentence::id_unknown, request)};
            return {&route, std::string(*id)};
        }
        allowed.append(allowed.empty() ? "" : ", ").append(route.method);
        if (route.method == "GET") allowed += ", HEAD";
    }
    if (!allowed.empty()) throw Refusal{method_refused(request, allowed)};
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

Response Service::refuse(int status, const Request& request) {
    if (status == 413) return too_large(request);
    const bool stopping = status == 503;
    Response response =
        refusal(status, stopping ? Sentence::stopping : Sentence::request_malformed, request);
    // By then another has taken its place, or it has started again.
    if (stopping) response.headers.emplace_back("Retry-After", "30");
    return response;
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
