#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <memory>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/animation_options.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "cli/presentation.h"
#include "cli/progress_output.h"
#include "cli/speak_command.h"

namespace ditto::cli {
namespace {

/// Sides of the video.
constexpr int smallest_side = 240;
constexpr int largest_side = 2160;

/// The options as they were written.
struct Written {
    std::string slides;
    std::string scripts;
    std::string voices;
    std::string photo;
    std::string output;
    std::string mode;
    std::string corner;
    std::string size;
    std::string shape;
    std::string background;
    std::string video_size;
    std::string speech_voice;
    std::string speech_speed;
    std::string speech;
    bool subtitles = true;
    AnimationOptions animation;
};

void add_files(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Files", "檔案"}.in(language);
    const auto add = [&](const char* name, std::string& value, const char* type, Text text) {
        add_option(command, name, value, type, text.in(language), group);
    };
    add("--slides", written.slides, "FILE",
        {"the slides: PDF, PPTX, or a folder of pictures", "投影片:PDF、PPTX 或圖片資料夾"});
    add("--voices", written.voices, "FOLDER",
        {"a recording for each slide: slide_1.wav, 02.mp3, 3-end.m4a ...",
         "每張投影片的語音檔:slide_1.wav、02.mp3、3-end.m4a ..."});
    add("--scripts", written.scripts, "FILE",
        {"what is said on each slide (default: the notes of the slides)",
         "每張投影片的講稿(預設:投影片備忘稿)"});
    add("--photo", written.photo, "FILE",
        {"the presenter: JPEG, PNG or WebP", "講者照片:JPEG、PNG 或 WebP"});
    add("--output", written.output, "FILE",
        {"the video that is made; its name ends in .mp4", "輸出影片,檔名以 .mp4 結尾"});
    add("--video-size", written.video_size, "WxH|slides",
        {"size of the video; slides: the slides' own shape (default: 1920x1080)",
         "影片尺寸;slides:依投影片比例(預設:1920x1080)"});
    command
        .add_flag("--subtitles,!--no-subtitles", written.subtitles,
                  Text{"the scripts as .srt and .vtt beside the video (default)",
                       "在影片旁輸出講稿字幕 .srt 與 .vtt(預設)"}
                      .in(language))
        ->group(group);
}

void add_placement(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Presenter", "講者"}.in(language);
    const auto add = [&](const char* name, std::string& value, const char* type, Text text) {
        add_option(command, name, value, type, text.in(language), group);
    };
    add("--placement", written.mode, "corner|split|full|hidden",
        {"in a corner (default), beside the slide, instead of it, or not at all",
         "角落(預設)、並排、全螢幕或不顯示"});
    add("--corner", written.corner, "CORNER",
        {"top-left, top-right, bottom-left or bottom-right (default)",
         "top-left、top-right、bottom-left 或 bottom-right(預設)"});
    add("--size", written.size, "NUMBER",
        {"width in the corner, of the video's: 0.15 - 0.5 (default: 0.28)",
         "角落講者佔影片寬度的比例:0.15 - 0.5(預設:0.28)"});
    add("--shape", written.shape, "SHAPE",
        {"rectangle, rounded (default) or circle", "rectangle、rounded(預設)或 circle"});
    add("--background", written.background, "kept|removed",
        {"of the photo (default: kept)", "照片背景:保留或去除(預設:kept)"});
}

void add_speech(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Speech", "朗讀"}.in(language);
    const auto add = [&](const char* name, std::string& value, const char* type, Text text) {
        add_option(command, name, value, type, text.in(language), group);
    };
    add("--speech-voice", written.speech_voice, "ID|auto",
        {"speaks the scripts of slides without a recording; speak --list-voices shows them",
         "朗讀沒有語音檔的講稿;以 speak --list-voices 列出"});
    add("--speech-speed", written.speech_speed, "NUMBER",
        {"0.5 - 2 (default: 1)", "語速 0.5 - 2(預設:1)"});
    add("--speech", written.speech, "FILE",
        {"a JSON file that names another speaking program", "指定其他朗讀程式的 JSON 檔"});
}

slides::Placement placement_from(const Written& written) {
    slides::Placement placement;
    const auto set = [&](const char* field, const std::string& text, const char* option) {
        if (!text.empty()) slides::set_field(placement, field, text, option);
    };
    set("mode", written.mode, "--placement");
    set("corner", written.corner, "--corner");
    set("size", written.size, "--size");
    set("shape", written.shape, "--shape");
    set("background", written.background, "--background");
    return placement;
}

void read_size(const std::string& text, PresentationRequest& request) {
    request.slides_aspect = text == "slides";
    if (text.empty() || request.slides_aspect) return;
    const char* end = text.data() + text.size();
    int width = 0;
    int height = 0;
    const auto [x, no_width] = std::from_chars(text.data(), end, width);
    const bool two = no_width == std::errc{} && x != end && *x == 'x';
    const auto [last, no_height] = std::from_chars(two ? x + 1 : end, end, height);
    const auto fits = [](int side) {
        return side >= smallest_side && side <= largest_side && side % 2 == 0;
    };
    if (no_height != std::errc{} || last != end || !fits(width) || !fits(height)) {
        throw Error(ErrorCode::option_value, {{"option", "--video-size"},
                                              {"value", text},
                                              {"expected", "1920x1080, 1280x720, slides"}});
    }
    request.look.width = width;
    request.look.height = height;
}

PresentationRequest request_from(const Written& written, Language language) {
    PresentationRequest request;
    request.look.placement = placement_from(written);
    const bool hidden = request.look.placement.mode == slides::Placement::Mode::hidden;
    for (const auto& [option, value] :
         {std::pair{"--slides", &written.slides}, std::pair{"--photo", &written.photo},
          std::pair{"--output", &written.output}}) {
        if (!value->empty() || (hidden && value == &written.photo)) continue;
        throw Error(ErrorCode::option_missing, {{"option", option}});
    }
    request.slides = written.slides;
    request.scripts = written.scripts;
    request.voices = written.voices;
    request.output = written.output;
    request.look.photo = written.photo;
    request.look.engine = written.animation.engine();
    request.look.checkpoints = written.animation.checkpoints();
    request.look.controls = written.animation.controls();
    read_size(written.video_size, request);
    request.subtitles = written.subtitles;
    request.speech_voice = written.speech_voice;
    request.speech_speed = number_option("--speech-speed", written.speech_speed,
                                         speech::Speaker::slowest, speech::Speaker::fastest, 1.0);
    request.language = language;
    return request;
}

void say_done(const MadePresentation& made, const std::string& output, const Console& console) {
    if (console.quiet) return;
    if (console.progress == ProgressMode::json) {
        JsonLine line("done");
        line.add("output", output);
        line.add("engine", made.engine);
        line.add("width", made.width);
        line.add("height", made.height);
        line.add("slides", made.slides);
        line.add("kept", made.kept);
        line.add("duration_s", made.video.duration_s);
        line.add("elapsed_s", made.elapsed_s);
        std::cerr << line.text() << std::flush;
        return;
    }
    const Text form{"%d slides, %dx%d, %.1f s of video in %.1f s",
                    "%d 張投影片,%dx%d,%.1f 秒的影片,耗時 %.1f 秒"};
    std::array<char, 160> figures{};
    std::snprintf(figures.data(), figures.size(), form.in(console.language).c_str(), made.slides,
                  made.width, made.height, made.video.duration_s, made.elapsed_s);
    std::cout << output << ": " << figures.data() << std::endl;
}

}  // namespace

Action declare_present(CLI::App& program, Language language) {
    CLI::App& command =
        *program.add_subcommand("present", Text{"make a video of slides with a talking presenter",
                                                "由投影片、語音與照片生成講者簡報影片"}
                                               .in(language));
    const auto written = std::make_shared<Written>();
    add_files(command, *written, language);
    add_placement(command, *written, language);
    add_speech(command, *written, language);
    written->animation.add_engine(command, language);
    written->animation.add_controls(command, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, true);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        const PresentationRequest request = request_from(*written, around.console.language);
        const speech::Speaker speaker = speaker_from(written->speech);
        const auto engines = built_in_engines(written->animation.setup());
        const MadePresentation made = [&] {
            const auto progress = make_progress(around.console, request.look.controls.fps);
            return make_presentation(request, *engines, speaker, *progress, around.stop);
        }();
        say_done(made, request.output.string(), around.console);
        return 0;
    };
}

}  // namespace ditto::cli
