#include <array>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/generate.h"
#include "cli/animation_options.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/progress_output.h"

namespace ditto::cli {
namespace {

/// The options as they were written.
struct Written {
    std::string photo;
    std::string audio;
    std::string output;
    AnimationOptions animation;
    std::string dump;
    std::string dump_frames;
    std::string preview_duration;
    std::string precision;
    std::string max_size;
};

void add_files(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Files", "檔案"}.in(language);
    add_option(command, "--photo", written.photo, "FILE",
               Text{"the face: JPEG, PNG or WebP; for --engine ditto also a video",
                    "人臉照片:JPEG、PNG 或 WebP;--engine ditto 亦可用影片"}
                   .in(language),
               group);
    add_option(command, "--audio", written.audio, "FILE",
               Text{"the voice: WAV, MP3, M4A, FLAC, OGG or the sound of a video",
                    "語音:WAV、MP3、M4A、FLAC、OGG 或影片的聲音"}
                   .in(language),
               group);
    add_option(
        command, "--output", written.output, "FILE",
        Text{"the video that is made; its name ends in .mp4", "輸出影片,檔名以 .mp4 結尾"}.in(
            language),
        group);
}

void add_dump(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Engine", "引擎"}.in(language);
    add_option(command, "--dump", written.dump, "FOLDER",
               Text{"write all of the ditto engine's intermediate results there as .npy",
                    "將 ditto 引擎的所有中間結果以 .npy 寫入此資料夾"}
                   .in(language),
               group);
    add_option(
        command, "--dump-frames", written.dump_frames, "N",
        Text{"how many frames are written in full (default: 0)", "完整寫出的影格數(預設:0)"}.in(
            language),
        group);
}

int dump_frames_from(const std::string& text) {
    if (text.empty()) return 0;
    int frames = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), frames);
    if (error != std::errc{} || end != text.data() + text.size() || frames < 0) {
        throw Error(ErrorCode::option_value,
                    {{"option", "--dump-frames"}, {"value", text}, {"expected", "0, 1, 2, ..."}});
    }
    return frames;
}

void add_size(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Files", "檔案"}.in(language);
    add_option(command, "--preview-duration", written.preview_duration, "SECONDS",
               Text{"only the first seconds of the voice (default: all of it)",
                    "只使用語音的前幾秒(預設:全部)"}
                   .in(language),
               group);
    add_option(command, "--max-size", written.max_size, "PIXELS",
               Text{"larger side of the video, 256 - 1920 (default: 1920)",
                    "影片較長邊的上限,256 - 1920(預設:1920)"}
                   .in(language),
               group);
}

void add_precision(CLI::App& command, Written& written, Language language) {
    add_option(
        command, "--precision", written.precision, "exact|fast",
        Text{"fast: Ditto's pictures in 16 bits where the hardware has it (default: exact, on "
             "a GPU fast)",
             "fast:硬體支援時,Ditto 畫面以 16 位元計算(預設:exact,使用 GPU 時為 fast)"}
            .in(language),
        Text{"Engine", "引擎"}.in(language));
}

GenerateRequest request_from(const Written& written) {
    for (const auto& [option, value] :
         {std::pair{"--photo", &written.photo}, std::pair{"--audio", &written.audio},
          std::pair{"--output", &written.output}}) {
        if (value->empty()) throw Error(ErrorCode::option_missing, {{"option", option}});
    }
    GenerateRequest request;
    request.photo = written.photo;
    request.audio = written.audio;
    request.output = written.output;
    request.engine = written.animation.engine();
    request.checkpoints = written.animation.checkpoints();
    request.controls = written.animation.controls();
    request.precision = precision_from(written.precision);
    request.dump = written.dump;
    request.dump_frames = dump_frames_from(written.dump_frames);
    request.preview_s =
        number_option("--preview-duration", written.preview_duration, 0., 3600., 0.);
    request.max_size = number_option("--max-size", written.max_size, 256, 1920, 0);
    return request;
}

void say_done(const GeneratedVideo& video, const Console& console) {
    if (console.quiet) return;
    const double times_real_time = video.duration_s / std::max(video.elapsed_s, 1e-3);
    if (console.progress == ProgressMode::json) {
        JsonLine line("done");
        line.add("output", video.path.string());
        line.add("engine", video.engine);
        line.add("width", video.width);
        line.add("height", video.height);
        line.add("frames", video.frames);
        line.add("duration_s", video.duration_s);
        line.add("elapsed_s", video.elapsed_s);
        line.add("times_real_time", times_real_time);
        std::cerr << line.text() << std::flush;
        return;
    }
    const Text form{"%dx%d, %.1f s of video in %.1f s (%.1f times real time)",
                    "%dx%d,%.1f 秒的影片,耗時 %.1f 秒(即時的 %.1f 倍)"};
    std::array<char, 160> figures{};
    std::snprintf(figures.data(), figures.size(), form.in(console.language).c_str(), video.width,
                  video.height, video.duration_s, video.elapsed_s, times_real_time);
    std::cout << video.path.string() << ": " << figures.data() << std::endl;
}

}  // namespace

Action declare_generate(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "generate",
        Text{"make a talking video from a photo and a voice", "由照片與語音生成說話影片"}.in(
            language));
    const auto written = std::make_shared<Written>();
    add_files(command, *written, language);
    written->animation.add_engine(command, language);
    add_precision(command, *written, language);
    add_dump(command, *written, language);
    add_size(command, *written, language);
    written->animation.add_controls(command, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, true);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        const GenerateRequest request = request_from(*written);
        const auto engines = built_in_engines(written->animation.setup());
        const auto video = [&] {
            const auto progress = make_progress(around.console, request.controls.fps);
            return generate_video(request, *engines, *progress, around.stop);
        }();
        say_done(video, around.console);
        return 0;
    };
}

}  // namespace ditto::cli
