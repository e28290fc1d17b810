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

slides::Placement placement_in(BodyReader& reader) {
    const Json* const value = reader.find("placement");
    if (value == nullptr) return {};
    // Written out below, which takes stack for each level: a client may nest a million.
    if (std::ranges::any_of(*value, [](const Json& part) { return part.is_structured(); })) {
        reader.wrong("placement", Sentence::json_no_object, "dict_type");
        return {};
    }
    try {
        return slides::placement_from_json(json_text(*value));
    } catch (const Error& error) {
        reader.wrong({"placement", user_message(error, reader.language()), "value_error"});
        return {};
    }
}

/// 0 where there is none.
int number_of(const Json& slide) {
    if (!slide.is_object()) return 0;
    const auto number = slide.find("number");
    return number != slide.end() && number->is_number_integer() ? number->get<int>() : 0;
}

/// The script of a slide, and its voice: a recording or the name of one that speaks.
void read_words(const Json& slide, const DataFolder& data, const Request& request,
                jobs::SlideRequest& one) {
    BodyReader reader = BodyReader::of_part(slide, request.language());
    one.script = reader.optional_text("script");
    const std::string audio = reader.optional_text("audio_path");
    const std::string voice = reader.optional_text("voice");
    reader.check();
    if (!audio.empty()) one.audio = voice_at(data, audio, request);
    const bool empty = one.script.find_first_not_of(spaces) == std::string::npos;
    if (one.audio.empty() && !empty) one.voice = voice;
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
    BodyReader reader(request.body, request.language());
    const GenerateBody body = read_generate_body(reader, VoiceField::none);
    jobs::PresentationRequest talk;
    talk.deck = reader.text("deck_id");
    talk.placement = slides::to_json(placement_in(reader));
    talk.language = reader.optional_text("language");
    talk.subtitles = reader.flag("subtitles", true);
    if (!reader.has("slides")) reader.wrong("slides", Sentence::field_missing, "missing");
    reader.check();
    const auto deck = is_id(talk.deck) ? decks_.find(talk.deck) : std::nullopt;
    if (!deck) throw Refusal{refusal(404, Sentence::deck_unknown, request)};
    const std::string count = "1 - " + std::to_string(deck->slides.size());
    const Json* const list = reader.find("slides");
    if (list == nullptr || !list->is_array() || list->empty() ||
        list->size() > deck->slides.size()) {
        reader.wrong("slides", Sentence::value_list, "list_type", {{"expected", count}});
        reader.check();
    }
    for (const Json& slide : *list) {
        const int number = number_of(slide);
        const auto is_it = [&](const auto& one) { return one.number == number; };
        const auto shown = std::ranges::find_if(deck->slides, is_it);
        if (shown == deck->slides.end() || std::ranges::any_of(talk.slides, is_it)) {
            reader.wrong("slides", Sentence::value_choice, "value_error", {{"expected", count}});
            reader.check();
        }
        jobs::SlideRequest one;
        one.number = number;
        one.picture = shown->picture;
        one.title = shown->title;
        read_words(slide, data_, request, one);
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
    BodyReader reader(request.body.empty() ? "{}" : request.body, request.language());
    const std::string script = reader.optional_text("script");
    const std::string voice = reader.optional_text("voice");
    const std::string audio = reader.optional_text("audio_path");
    reader.check();
    jobs::SlideChange change;
    if (reader.has("script")) change.script = script;
    if (reader.has("voice")) change.voice = voice;
    if (reader.has("audio_path")) {
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
