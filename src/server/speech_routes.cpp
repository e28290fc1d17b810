#include "server/speech_routes.h"

#include <sstream>
#include <system_error>

#include "base/error.h"
#include "programs/work_folder.h"
#include "server/audio_routes.h"
#include "server/body_reader.h"
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
    BodyReader reader(request.body, request.language());
    SpeechBody body;
    body.text = reader.text("text");
    body.voice = reader.optional_text("voice");
    body.speed = reader.number("speed", speech::Speaker::slowest, speech::Speaker::fastest,
                               BodyReader::Kind::real, 1);
    reader.check();
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
