// Endpoints around jobs: the list, one job with its events, cancelling and removing.
#include <algorithm>
#include <system_error>

#include <nlohmann/json.hpp>

#include "server/head_check.h"
#include "server/job_json.h"
#include "server/responses.h"
#include "server/service.h"
#include "server/voice_files.h"

namespace ditto::server {
namespace {

/// The newest jobs are searched; older ones are not listed.
constexpr int most_listed = 5000;
constexpr int most_a_page = 200;
/// Steps of an event stream, each half a second, after which a comment keeps it open.
constexpr int steps_to_comment = 30;

int number_in(const Request& request, const std::string& name, int standard, int most) {
    const auto found = request.query.find(name);
    if (found == request.query.end()) return standard;
    int value = 0;
    for (const char digit : found->second.substr(0, 7)) {
        if (digit < '0' || digit > '9') return standard;
        value = value * 10 + (digit - '0');
    }
    return std::min(value, most);
}

std::string text_in(const Request& request, const std::string& name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
}

std::string lower(std::string text) {
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
    }
    return text;
}

/// `wanted` is one of the states that clients know, or several with commas between; "": all.
bool has_state(const jobs::Job& job, std::string_view wanted) {
    return wanted.empty() ||
           ("," + std::string(wanted) + ",")
                   .find("," + std::string(client_state(job.state)) + ",") != std::string::npos;
}

/// What becomes of a job, told to one client as it happens.
class JobEvents {
  public:
    JobEvents(jobs::JobStore& store, std::string id, Language language, std::int64_t last_event)
        : store_(store), id_(std::move(id)), language_(language), number_(last_event) {}

    EventStep operator()() {
        const auto job = store_.find(id_);
        if (!job) return {"", true};
        const int before = job->state == jobs::JobState::queued ? store_.queued_before(id_) : 0;
        const std::string status = job_status_json(*job, before, jobs::now_s(), language_);
        if (status == told_ && ++steps_ < steps_to_comment) return {"", job->finished()};
        steps_ = 0;
        if (status == told_) return {": alive\n\n", job->finished()};
        told_ = status;
        return {"id: " + std::to_string(++number_) + "\nevent: status\ndata: " + status + "\n\n",
                job->finished()};
    }

  private:
    jobs::JobStore& store_;
    std::string id_;
    Language language_;
    std::int64_t number_;
    std::string told_;
    int steps_ = 0;
};

}  // namespace

std::string Service::described(const jobs::Job& job, Language language) {
    const int before = job.state == jobs::JobState::queued ? store_.queued_before(job.id) : 0;
    return job_json(job, data_.root(), before, jobs::now_s(), language);
}

Response Service::job_list(const Request& request, const std::string&) {
    const int limit = number_in(request, "limit", 50, most_a_page);
    const int offset = number_in(request, "offset", 0, most_listed);
    const std::string state = text_in(request, "status");
    const std::string words = lower(text_in(request, "q"));
    std::string list;
    int total = 0;
    for (const jobs::Job& job : store_.list(std::nullopt, most_listed, 0)) {
        if (!has_state(job, state)) continue;
        if (!words.empty() &&
            lower(voice_name(job.request.audio)).find(words) == std::string::npos) {
            continue;
        }
        const int place = total++;
        if (place < offset || place >= offset + limit) continue;
        list += (list.empty() ? "" : ",") + described(job, request.language());
    }
    return json_response("{\"jobs\":[" + list + "],\"total\":" + std::to_string(total) +
                         ",\"limit\":" + std::to_string(limit) +
                         ",\"offset\":" + std::to_string(offset) + "}");
}

Response Service::job(const Request& request, const std::string& id) {
    const auto found = store_.find(id);
    if (!found) return refusal(404, Sentence::job_unknown, request);
    return json_response(described(*found, request.language()));
}

Response Service::job_events(const Request& request, const std::string& id) {
    if (!store_.find(id)) return refusal(404, Sentence::job_unknown, request);
    std::int64_t last = 0;
    for (const char digit : request.header("last-event-id").substr(0, 12)) {
        if (digit < '0' || digit > '9') break;
        last = last * 10 + (digit - '0');
    }
    Response response{
        200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}}, ""};
    response.events = JobEvents(store_, id, request.language(), last);
    response.job_id = id;
    return response;
}

Response Service::end_job(const Request& request, const std::string& id) {
    const auto found = store_.find(id);
    if (!found) return refusal(404, Sentence::job_unknown, request);
    bool removed = false;
    bool cancelled = false;
    if (found->finished()) {
        std::error_code ignored;
        std::filesystem::remove(runner_.video_of(id), ignored);
        if (is_excerpt(found->request.audio)) remove_voice(found->request.audio);
        removed = store_.remove(id);
    } else {
        cancelled = runner_.cancel(id).has_value();
    }
    const auto state = store_.find(id).value_or(*found).state;
    return json_response(nlohmann::ordered_json{{"job_id", id},
                                                {"status", client_state(state)},
                                                {"cancelled", cancelled},
                                                {"removed", removed}});
}

}  // namespace ditto::server
