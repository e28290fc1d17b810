#include "server/job_routes.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>

#include "server/body_reader.h"
#include "server/job_json.h"

namespace ditto::server {
namespace {

using Clock = std::chrono::steady_clock;
/// So that proxies do not take a silent stream for a dead one.
constexpr std::chrono::seconds keep_alive{15};

/// The states of the query, several with commas; clients know four names for five states. Throws
/// Refusal 422.
std::vector<jobs::JobState> states_in(const Request& request) {
    using jobs::JobState;
    std::vector<JobState> states;
    std::istringstream names(query_text(request, "status"));
    bool known = true;
    for (std::string name; std::getline(names, name, ',');) {
        const std::size_t before = states.size();
        for (const JobState state : {JobState::queued, JobState::running, JobState::completed,
                                     JobState::failed, JobState::cancelled}) {
            if (client_state(state) == name) states.push_back(state);
        }
        known = known && states.size() > before;
    }
    if (known) return states;
    const std::string message = say(Sentence::value_choice, request.language(),
                                    {{"expected", "pending, processing, completed, failed"}});
    throw Refusal{json_response(field_errors_json({{"status", message, "enum", "query"}}), 422)};
}

/// What an event is known by: a client that comes back with it has seen this much.
std::string event_id(const jobs::Job& job) {
    return std::string(jobs::state_name(job.state)) + "-" + std::to_string(job.attempts) + "-" +
           std::to_string(static_cast<int>(job.progress.stage)) + "-" +
           std::to_string(job.progress.percent);
}

}  // namespace

std::vector<Route> JobRoutes::routes() {
    const auto with = [this](Response (JobRoutes::*handle)(const Request&, const std::string&)) {
        return [this, handle](const Request& request, const std::string& id) {
            return (this->*handle)(request, id);
        };
    };
    return {
        {"GET", "/api/avatar/jobs",
         [this](const Request& request, const std::string&) { return list(request); }},
        {"GET", "/api/avatar/job/{id}/status", with(&JobRoutes::status)},
        {"GET", "/api/avatar/job/{id}", with(&JobRoutes::details)},
        {"DELETE", "/api/avatar/job/{id}", with(&JobRoutes::remove)},
        {"GET", "/api/avatar/job/{id}/events", with(&JobRoutes::events)},
        {"GET", "/api/avatar/job/{id}/preview",
         [this](const Request& request, const std::string& id) { return preview(request, id); }},
    };
}

jobs::Job JobRoutes::find(const Request& request, const std::string& id) {
    auto job = store_.find(id);
    if (!job) throw Refusal{refusal(404, Sentence::job_unknown, request)};
    return std::move(*job);
}

Json JobRoutes::status_of(const jobs::Job& job, Language language) {
    const int before = job.state == jobs::JobState::queued ? store_.queued_before(job.id) : 0;
    Json json = job_status_json(job, before, jobs::now_s(), language);
    if (job.request.kind() == jobs::JobKind::presentation) {
        add_slides(job, slides_.of(job.id), language, json);
    }
    return json;
}

Json JobRoutes::details_of(const jobs::Job& job, Language language) {
    Json json = status_of(job, language);
    add_job_details(job, data_, json);
    if (job.state == jobs::JobState::queued) json["queue_position"] = store_.queued_before(job.id);
    std::error_code none;
    const bool pictured = std::filesystem::exists(runner_.preview_of(job.id), none);
    json["preview_url"] = pictured ? Json("/api/avatar/job/" + job.id + "/preview") : Json();
    return json;
}

Response JobRoutes::list(const Request& request) {
    jobs::JobQuery query;
    query.states = states_in(request);
    query.engine = query_text(request, "engine");
    query.batch = query_text(request, "batch_id");
    query.text = query_text(request, "q");
    query.limit = query_number(request, "limit", 1, 200, 50);
    query.offset = query_number(request, "offset", 0, 1'000'000'000, 0);
    const jobs::JobPage page = store_.list(query);
    Json list = Json::array();
    for (const jobs::Job& job : page.jobs)
        list.push_back(details_of(job, request.language()));
    return json_response(Json{
        {"jobs", list}, {"total", page.total}, {"limit", query.limit}, {"offset", query.offset}});
}

Response JobRoutes::status(const Request& request, const std::string& id) {
    Response response = json_response(status_of(find(request, id), request.language()));
    response.job_id = id;
    return response;
}

Response JobRoutes::details(const Request& request, const std::string& id) {
    return json_response(details_of(find(request, id), request.language()));
}

/// A job that waits or runs is cancelled; a finished one is removed with its video.
Response JobRoutes::remove(const Request& request, const std::string& id) {
    const jobs::Job job = find(request, id);
    const bool removed = job.finished() && runner_.remove(id);
    if (!removed) runner_.cancel(id);
    const auto now = store_.find(id);
    Json json{{"job_id", id}, {"status", nullptr}, {"cancelled", !removed}, {"removed", removed}};
    if (now) json["status"] = client_state(now->state);
    Response response = json_response(json);
    response.job_id = id;
    return response;
}

Response JobRoutes::events(const Request& request, const std::string& id) {
    find(request, id);
    Response response{200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}}};
    response.job_id = id;
    response.events = [this, id, language = request.language(),
                       seen = request.header("last-event-id"), sent = std::string(),
                       last = Clock::now()]() mutable -> EventStep {
        const auto job = store_.find(id);
        if (!job) return {"", true};
        EventStep step{"", job->finished()};
        const std::string text = json_text(status_of(*job, language));
        const std::string now = event_id(*job);
        if (text != sent && !(sent.empty() && now == seen && !step.last)) {
            step.text = "id: " + now + "\nevent: status\ndata: " + text + "\n\n";
            last = Clock::now();
        } else if (Clock::now() - last > keep_alive) {
            step.text = ": still here\n\n";
            last = Clock::now();
        }
        sent = text;
        return step;
    };
    return response;
}

Response JobRoutes::preview(const Request& request, const std::string& id) const {
    std::ifstream file(runner_.preview_of(id), std::ios::binary);
    if (!file) return refusal(404, Sentence::no_preview, request);
    return {200,
            {{"Content-Type", "image/jpeg"}, {"Cache-Control", "no-store"}},
            {std::istreambuf_iterator<char>(file), {}}};
}

}  // namespace ditto::server
