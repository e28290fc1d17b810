#include "server/presentation_routes.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "server/generate_body.h"
#include "server/generate_routes.h"
#include "slides/placement.h"

namespace ditto::server {
namespace {

/// 200 slides with long scripts fit.
constexpr std::int64_t max_presentation_body = 8 * megabyte;
constexpr std::string_view spaces = " \t\r\n";

[[noreturn]] void wrong(const std::string& field, Sentence sentence, const char* type,
                        const Request& request, const MessageValues& values = {}) {
    throw Refusal{json_response(
        field_errors_json({{field, say(sentence, request.language(), values), type}}), 422)};
}

/// "" where it is missing or null. Throws Refusal 422.
std::string text_in(const Json& json, const char* field, const Request& request) {
    const auto found = json.find(field);
    if (found == json.end() || found->is_null()) return {};
    if (!found->is_string()) wrong(field, Sentence::value_string, "string_type", request);
    return found->get<std::string>();
}

/// Throws Refusal 422.
bool flag_in(const Json& json, const char* field, bool otherwise, const Request& request) {
    const auto found = json.find(field);
    if (found == json.end() || found->is_null()) return otherwise;
    if (!found->is_boolean()) {
        wrong(field, Sentence::value_choice, "bool_type", request, {{"expected", "true, false"}});
    }
    return found->get<bool>();
}

/// Throws Refusal 422.
std::string placement_in(const Json& json, const Request& request) {
    const auto found = json.find("placement");
    // Written out below, which takes stack for each level: a client may nest a million.
    const bool nested =
        found != json.end() && std::any_of(found->begin(), found->end(),
                                           [](const Json& value) { return value.is_structured(); });
    if (nested) wrong("placement", Sentence::json_no_object, "dict_type", request);
    const std::string text = found == json.end() || found->is_null() ? "{}" : json_text(*found);
    try {
        return slides::to_json(slides::placement_from_json(text));
    } catch (const Error& error) {
        throw Refusal{json_response(
            field_errors_json(
                {{"placement", user_message(error, request.language()), "value_error"}}),
            422)};
    }
}

}  // namespace

std::vector<Route> PresentationRoutes::routes() {
    return {
        {"POST", "/api/presentation",
         [this](const Request& request, const std::string&) { return present(request); },
         max_presentation_body},
        {"POST", "/api/presentation/{id}/slides/{number}/retry",
         [this](const Request& request, const std::string& id) { return retry(request, id); },
         max_json_body},
    };
}

jobs::JobRequest PresentationRoutes::wanted(const Request& request) const {
    const GenerateBody body =
        read_generate_body(request.body, request.language(), VoiceField::none);
    if (!body.errors.empty()) throw Refusal{json_response(field_errors_json(body.errors), 422)};
    const Json json = Json::parse(request.body);
    jobs::PresentationRequest talk;
    talk.deck = text_in(json, "deck_id", request);
    if (talk.deck.empty()) wrong("deck_id", Sentence::field_missing, "missing", request);
    talk.placement = placement_in(json, request);
    talk.language = text_in(json, "language", request);
    talk.subtitles = flag_in(json, "subtitles", true, request);
    const auto list = json.find("slides");
    if (list == json.end()) wrong("slides", Sentence::field_missing, "missing", request);
    const auto deck = is_id(talk.deck) ? decks_.find(talk.deck) : std::nullopt;
    if (!deck) throw Refusal{refusal(404, Sentence::deck_unknown, request)};
    const std::string count = "1 - " + std::to_string(deck->slides.size());
    if (!list->is_array() || list->empty() || list->size() > deck->slides.size()) {
        wrong("slides", Sentence::value_list, "list_type", request, {{"expected", count}});
    }
    for (const Json& slide : *list) {
        const int number =
            slide.is_object() && slide.contains("number") && slide["number"].is_number_integer()
                ? slide["number"].get<int>()
                : 0;
        const auto shown = std::find_if(deck->slides.begin(), deck->slides.end(),
                                        [&](const auto& one) { return one.number == number; });
        const bool twice = std::any_of(talk.slides.begin(), talk.slides.end(),
                                       [&](const auto& one) { return one.number == number; });
        if (shown == deck->slides.end() || twice) {
            wrong("slides", Sentence::value_choice, "value_error", request, {{"expected", count}});
        }
        jobs::SlideRequest one;
        one.number = number;
        one.picture = shown->picture;
        one.title = shown->title;
        one.script = text_in(slide, "script", request);
        const std::string audio = text_in(slide, "audio_path", request);
        if (!audio.empty()) one.audio = voice_at(data_, audio, request);
        const bool empty = one.script.find_first_not_of(spaces) == std::string::npos;
        if (one.audio.empty() && !empty) one.voice = text_in(slide, "voice", request);
        talk.slides.push_back(one);
    }
    jobs::JobRequest job = job_of(data_, body, request);
    job.title = deck->title;
    job.presentation = std::move(talk);
    return job;
}

Response PresentationRoutes::present(const Request& request) {
    const auto key = key_of(request, "presentation\n");
    if (const auto earlier = repeated(store_, key)) {
        return accepted_job(earlier->jobs.front().id);
    }
    const auto added = store_.add(wanted(request), max_queued_, key);
    if (auto refused = refusal_of(added.outcome, request)) return std::move(*refused);
    runner_.wake();
    return accepted_job(added.id);
}

Response PresentationRoutes::retry(const Request& request, const std::string& id) {
    // ".../slides/{number}/retry"
    const std::string start = "/slides/";
    const std::string digits = request.path.substr(request.path.find(start) + start.size());
    int number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const Json json =
        request.body.empty() ? Json::object() : Json::parse(request.body, nullptr, false);
    if (!json.is_object()) wrong("", Sentence::json_no_object, "dict_type", request);
    jobs::SlideChange change;
    if (json.contains("script")) change.script = text_in(json, "script", request);
    if (json.contains("voice")) change.voice = text_in(json, "voice", request);
    if (json.contains("audio_path")) {
        const std::string audio = text_in(json, "audio_path", request);
        change.audio = audio.empty() ? std::filesystem::path() : voice_at(data_, audio, request);
    }
    if (!store_.find(id)) throw Refusal{refusal(404, Sentence::job_unknown, request)};
    switch (slides_.retry(id, number, change)) {
        case jobs::SlideStore::Retry::no_slide:
            throw Refusal{refusal(404, Sentence::slide_unknown, request)};
        case jobs::SlideStore::Retry::refused:
            throw Refusal{refusal(409, Sentence::slide_not_failed, request)};
        case jobs::SlideStore::Retry::queued:
            break;
    }
    runner_.wake();
    return accepted_job(id);
}

}  // namespace ditto::server
