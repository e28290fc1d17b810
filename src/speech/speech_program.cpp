#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "speech/speaker.h"

namespace ditto::speech {
namespace {

constexpr std::size_t largest_settings = 100'000;

Error wrong(const std::string& name, const std::string& expected) {
    return Error(ErrorCode::option_value,
                 {{"option", "--speech"}, {"value", name}, {"expected", expected}});
}

std::string text_of(const nlohmann::json& object, const char* field) {
    const auto found = object.find(field);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

SpeechProgram parse_speech_program(std::string_view json, const std::string& name) {
    const auto settings = nlohmann::json::parse(json, nullptr, false);
    if (!settings.is_object()) throw wrong(name, R"(JSON {"command": [...], "voices": [...]})");
    SpeechProgram program;
    const auto words = settings.find("command");
    if (words != settings.end() && words->is_array()) {
        for (const auto& word : *words) {
            if (!word.is_string()) throw wrong(name, R"("command": ["program", "argument", ...])");
            program.command.push_back(word.get<std::string>());
        }
    }
    if (program.command.empty() || program.command.front().empty()) {
        throw wrong(name, R"("command": ["program", "argument", ...])");
    }
    const auto voices = settings.find("voices");
    if (voices != settings.end() && voices->is_array()) {
        for (const auto& voice : *voices) {
            if (!voice.is_object()) continue;
            Voice one{text_of(voice, "id"), text_of(voice, "name"), text_of(voice, "language")};
            if (one.name.empty()) one.name = one.id;
            if (!one.id.empty()) program.voices.push_back(std::move(one));
        }
    }
    if (program.voices.empty()) {
        throw wrong(name, R"("voices": [{"id": "...", "name": "...", "language": "zh"}, ...])");
    }
    return program;
}

SpeechProgram read_speech_program(const std::filesystem::path& settings) {
    std::ifstream file(settings, std::ios::binary);
    std::string text(largest_settings + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.empty() || text.size() > largest_settings) {
        throw wrong(settings.string(), "JSON (<= 100 kB)");
    }
    return parse_speech_program(text, settings.string());
}

}  // namespace ditto::speech
