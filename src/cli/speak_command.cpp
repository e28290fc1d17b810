#include "cli/speak_command.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "slides/text.h"

namespace ditto::cli {
namespace {

constexpr std::size_t largest_script = 100'000;

/// The options as they were written.
struct Written {
    std::string text;
    std::string script;
    std::string voice;
    std::string speed;
    std::string output;
    std::string speech;
    bool list = false;
};

void add_options(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Speech", "朗讀"}.in(language);
    const auto add = [&](const char* name, std::string& value, const char* type, Text text) {
        add_option(command, name, value, type, text.in(language), group);
    };
    add("--text", written.text, "TEXT", {"what is spoken", "要朗讀的文字"});
    add("--script", written.script, "FILE",
        {"what is spoken, as a UTF-8 text file", "要朗讀的文字檔(UTF-8)"});
    add("--voice", written.voice, "ID",
        {"voice; without it one that fits the text", "語音,未指定時依文字選擇"});
    add("--speed", written.speed, "NUMBER", {"0.5 - 2 (default: 1)", "語速 0.5 - 2(預設:1)"});
    add("--output", written.output, "FILE", {"the recording, .wav", "輸出的語音檔 .wav"});
    add("--speech", written.speech, "FILE",
        {"a JSON file that names another speaking program", "指定其他朗讀程式的 JSON 檔"});
    command
        .add_flag("--list-voices", written.list,
                  Text{"prints all voices: id, language, name", "列出所有語音:代號、語言、名稱"}.in(
                      language))
        ->group(group);
}

void list_voices(const speech::Speaker& speaker) {
    if (const auto problem = speaker.why_not()) throw Error(*problem);
    for (const speech::Voice& voice : speaker.voices())
        std::cout << voice.id << '\t' << voice.language << '\t' << voice.name << '\n';
}

std::string text_from(const Written& written) {
    if (written.text.empty() == written.script.empty()) {
        throw Error(ErrorCode::option_missing, {{"option", "--text / --script"}});
    }
    if (!written.text.empty()) return written.text;
    const auto text = slides::read_text(written.script, largest_script);
    if (!text || text->empty()) {
        throw Error(ErrorCode::option_value, {{"option", "--script"},
                                              {"value", written.script},
                                              {"expected", "UTF-8 *.txt (<= 100 kB)"}});
    }
    return *text;
}

int run(const Written& written, Language language, const std::stop_token& stop) {
    const speech::Speaker speaker = speaker_from(written.speech);
    if (written.list) {
        list_voices(speaker);
        return 0;
    }
    const std::string text = text_from(written);
    if (written.output.empty()) throw Error(ErrorCode::option_missing, {{"option", "--output"}});
    const std::filesystem::path output = std::filesystem::absolute(written.output);
    if (output.extension() != ".wav") {
        throw Error(ErrorCode::option_value,
                    {{"option", "--output"}, {"value", written.output}, {"expected", "*.wav"}});
    }
    std::error_code error;
    if (!std::filesystem::is_directory(output.parent_path(), error)) {
        throw Error(ErrorCode::output_folder, {{"path", output.parent_path().string()}});
    }
    const double speed = number_option("--speed", written.speed, speech::Speaker::slowest,
                                       speech::Speaker::fastest, 1.0);
    const std::string voice =
        written.voice.empty() ? speaker.voice_for(text, language == Language::english ? "en" : "zh")
                              : written.voice;
    speaker.speak(text, voice, speed, output, stop);
    return 0;
}

}  // namespace

speech::Speaker speaker_from(const std::string& settings) {
    return settings.empty() ? speech::Speaker()
                            : speech::Speaker(speech::read_speech_program(settings));
}

Action declare_speak(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "speak", Text{"have a text spoken by a program: a recording for generate",
                      "以程式朗讀文字,產生 generate 可用的語音檔"}
                     .in(language));
    const auto written = std::make_shared<Written>();
    add_options(command, *written, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, false);
    return [written, console_options, language](const Surroundings& around) {
        console_options->check();
        return run(*written, language, around.stop);
    };
}

}  // namespace ditto::cli
