#include "server/speech_routes.h"

#include <sstream>
#include <system_error>

#include "base/error.h"
#include "programs/work_folder.h"
#include "server/audio_routes.h"
#include "server/generate_body.h"
#include "server/job_json.h"

namespace ditto::server {
namespace {

/// 10,000 Chinese characters, each written as six bytes of JSON, and some room.
constexpr std::int64_t max_speech_body = 128 * 1024;

struct SpeechBody {
    std::string text;
    /// Empty: by the language of the text.
    std::string voice;
    double speed = 1;
};

/// Throws Refusal 422.
SpeechBody read_body(const Request& request) {
    const Language language = request.language();
    std::vector<FieldError> errors;
    const auto wrong = [&](const char* field, Sentence sentence, const char* type,
                           const MessageValues& values = {}) {
        errors.push_back({field, say(sentence, language, values), type});
    };
    SpeechBody body;
    const Json json = Json::parse(request.body, nullptr, false);
    if (json.is_discarded()) {
        wrong("", Sentence::json_invalid, "json_invalid");
    } else if (!json.is_object()) {
        wrong("", Sentence::json_no_object, "dict_type");
    } else {
        const auto text = json.find("text");
        if (text == json.end()) {
            wrong("text", Sentence::field_missing, "missing");
        } else if (!text->is_string()) {
            wrong("text", Sentence::value_string, "string_type");
        } else {
            body.text = text->get<std::string>();
        }
        if (const auto voice = json.find("voice"); voice != json.end() && !voice->is_null()) {
            if (voice->is_string()) {
                body.voice = voice->get<std::string>();
            } else {
                wrong("voice", Sentence::value_string, "string_type");
            }
        }
        if (const auto speed = json.find("speed"); speed != json.end() && !speed->is_null()) {
            body.speed = speed->is_number() ? speed->get<double>() : 0;
            if (!speed->is_number()) {
                wrong("speed", Sentence::value_number, "float_type");
            } else if (!(body.speed >= speech::Speaker::slowest &&
                         body.speed <= speech::Speaker::fastest)) {
                wrong("speed", Sentence::value_range, "value_error", {{"expected", "0.5 - 2"}});
            }
        }
    }
    if (!errors.empty()) throw Refusal{json_response(field_errors_json(errors), 422)};
    return body;
}

/// What people call the recording: the first words of what it says.
std::string name_of(const std::string& text) {
    constexpr std::size_t most = 60;
    std::string name;
    std::istringstream words(text);
    for (std::string word; name.size() < most && words >> word;)
        name += (name.empty() ? "" : " ") + word;
    if (name.size() > most) {
        std::size_t end = most;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U)
            --end;
        name = name.substr(0, end) + "…";
    }
    return name;
}

}  // namespace

std::vector<Route> SpeechRoutes::routes() {
    return {{"GET", "/api/speech/voices",
             [this](const Request& request, const std::string&) { return voices(request); }},
            {"POST", "/api/speech",
             [this](const Request& request, const std::string&) { return speak(request); },
             max_speech_body}};
}

Response SpeechRoutes::voices(const Request& request) const {
    Json list = Json::array();
    for (const speech::Voice& voice : speaker_.voices())
        list.push_back({{"id", voice.id}, {"name", voice.name}, {"language", voice.language}});
    const auto problem = speaker_.why_not();
    return json_response(
        Json{{"available", !problem},
             {"reason", problem ? Json(failure_text(*problem, request.language())) : Json()},
             {"voices", list}});
}

Response SpeechRoutes::speak(const Request& request) {
    const SpeechBody body = read_body(request);
    const std::string voice =
        body.voice.empty()
            ? speaker_.voice_for(body.text, request.language() == Language::english ? "en" : "zh")
            : body.voice;
    const programs::WorkFolder work(data_.temporary().parent_path());
    const std::filesystem::path recording = work.path() / "voice.wav";
    speaker_.speak(body.text, voice, body.speed, recording, {});
    return json_response(
        keep_voice(data_, recording, name_of(body.text), [&](const std::filesystem::path& target) {
            std::error_code error;
            std::filesystem::rename(recording, target, error);
            if (error) {
                throw Error(ErrorCode::folder_unwritable, {{"path", target.filename().string()}},
                            error.message());
            }
        }));
}

}  // namespace ditto::server
