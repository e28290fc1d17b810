#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/text_output.h"
#include "media/audio_file.h"
#include "slides/subtitles.h"
#include "slides/text.h"

namespace ditto::cli {
namespace {

constexpr std::size_t largest_script = 1'000'000;

/// The options as they were written.
struct Written {
    std::string script;
    std::string audio;
    std::string output;
};

void add_options(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Files", "檔案"}.in(language);
    add_option(command, "--script", written.script, "FILE",
               Text{"what the voice says, as text", "語音所說的文字稿"}.in(language), group);
    add_option(command, "--audio", written.audio, "FILE",
               Text{"the voice, or a video with it", "語音檔,或含有語音的影片"}.in(language),
               group);
    add_option(command, "--output", written.output, "FILE",
               Text{"the subtitles: .srt or .vtt", "字幕檔:.srt 或 .vtt"}.in(language), group);
}

void require(const std::string& value, const char* option) {
    if (value.empty()) throw Error(ErrorCode::option_missing, {{"option", option}});
}

/// Pieces of the script; at least one.
std::vector<std::string> read_script(const std::string& path) {
    const auto text = slides::read_text(path, largest_script);
    std::vector<std::string> pieces;
    if (text) pieces = slides::split_script(*text);
    if (pieces.empty()) {
        throw Error(
            ErrorCode::option_value,
            {{"option", "--script"}, {"value", path}, {"expected", "UTF-8 *.txt (<= 1 MB)"}});
    }
    return pieces;
}

int run(const Written& written, const Surroundings& around) {
    require(written.script, "--script");
    require(written.audio, "--audio");
    require(written.output, "--output");
    const std::string ending = std::filesystem::path(written.output).extension();
    if (ending != ".srt" && ending != ".vtt") {
        throw Error(
            ErrorCode::option_value,
            {{"option", "--output"}, {"value", written.output}, {"expected", "*.srt, *.vtt"}});
    }
    const auto pieces = read_script(written.script);
    media::check_voice(written.audio);
    const auto cues = slides::time_pieces(pieces, slides::find_speech(written.audio, around.stop));
    if (cues.empty()) throw Error(ErrorCode::audio_silent, {{"path", written.audio}});
    write_whole(written.output, ending == ".srt" ? slides::to_srt(cues) : slides::to_vtt(cues));
    return 0;
}

}  // namespace

Action declare_subtitles(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "subtitles", Text{"time a script to its voice: subtitles as SRT or VTT",
                          "將文字稿對上語音,輸出 SRT 或 VTT 字幕"}
                         .in(language));
    const auto written = std::make_shared<Written>();
    add_options(command, *written, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, false);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        return run(*written, around);
    };
}

}  // namespace ditto::cli
