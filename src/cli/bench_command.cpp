#include <charconv>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/installed_files.h"
#include "base/error.h"
#include "bench/bench.h"
#include "cli/commands.h"
#include "cli/options.h"

namespace ditto::cli {
namespace {

/// The options as they were written.
struct Written {
    std::string checkpoints;
    std::string device;
    std::string engine;
    std::string photo;
    std::string audio;
    std::string threads;
    std::string steps = "50";
    std::string rounds = "3";
    std::string seconds = "60";
    std::string precision;
    std::vector<std::string> pytorch;
    bool json = false;
};

void add_options(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Files", "檔案"}.in(language);
    add_option(command, "--checkpoints", written.checkpoints, "DIR",
               Text{"Ditto's checkpoints; without, only the mesh engine is measured",
                    "Ditto 的模型檔;未指定時只測 mesh 引擎"}
                   .in(language),
               group);
    add_option(command, "--photo", written.photo, "FILE",
               Text{"the demo's by default", "預設為示範照片"}.in(language), group);
    add_option(command, "--audio", written.audio, "FILE",
               Text{"the demo's by default", "預設為示範語音"}.in(language), group);
    const std::string how = Text{"Measuring", "測量"}.in(language);
    add_option(command, "--engine", written.engine, "mesh|ditto",
               Text{"measure one engine only", "只測一個引擎"}.in(language), how);
    add_device(command, written.device, language, how);
    add_option(
        command, "--threads", written.threads, "N",
        Text{"processor threads; default: all cores", "處理器執行緒數,預設為全部核心"}.in(language),
        how);
    add_option(
        command, "--steps", written.steps, "N",
        Text{"diffusion steps of a clip (10-100, default 50)", "每段的擴散步數(10-100,預設 50)"}.in(
            language),
        how);
    add_option(
        command, "--rounds", written.rounds, "N",
        Text{"times that each is measured (1-100, default 3)", "每項測量次數(1-100,預設 3)"}.in(
            language),
        how);
    add_option(command, "--seconds", written.seconds, "N",
               Text{"length of the mesh engine's video (1-3600, default 60)",
                    "mesh 引擎影片的長度(1-3600 秒,預設 60)"}
                   .in(language),
               how);
    add_option(command, "--precision", written.precision, "exact|fast",
               Text{"of the ditto engine's video (default: exact, on a GPU fast)",
                    "ditto 引擎影片的精度(預設:exact,使用 GPU 時為 fast)"}
                   .in(language),
               how);
    command
        .add_option("--pytorch", written.pytorch,
                    Text{"compare with PyTorch too: its Python and tools/pytorch_networks.py",
                         "也與 PyTorch 比較:其 Python 與 tools/pytorch_networks.py"}
                        .in(language))
        ->expected(2)
        ->type_name("PYTHON SCRIPT")
        ->group(how);
    command
        .add_flag("--json", written.json,
                  Text{"the report as JSON", "以 JSON 輸出報告"}.in(language))
        ->group(Text{"Messages", "訊息"}.in(language));
}

int whole_number(const std::string& option, const std::string& text, int low, int high) {
    int value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size() || value < low || value > high) {
        throw Error(ErrorCode::option_value,
                    {{"option", option},
                     {"value", text},
                     {"expected", std::to_string(low) + "-" + std::to_string(high)}});
    }
    return value;
}

bench::BenchRequest request_from(const Written& written) {
    bench::BenchRequest request;
    if (!written.engine.empty()) check_choice("--engine", written.engine, {"mesh", "ditto"});
    request.device = device_from(written.device);
    request.mesh = written.engine != "ditto";
    if (written.engine != "mesh") request.checkpoints = written.checkpoints;
    if (!request.mesh && request.checkpoints.empty()) {
        throw Error(ErrorCode::option_missing, {{"option", "--checkpoints"}});
    }
    const auto sample = find_shared_folder("sample");
    request.photo =
        written.photo.empty() ? sample / "presenter.jpg" : std::filesystem::path(written.photo);
    request.voice =
        written.audio.empty() ? sample / "demo_voice.wav" : std::filesystem::path(written.audio);
    if (!written.threads.empty()) {
        request.threads = whole_number("--threads", written.threads, 1, 256);
    }
    request.precision = precision_from(written.precision);
    if (!written.pytorch.empty()) {
        request.pytorch = bench::PyTorchProgram{written.pytorch[0], written.pytorch[1]};
    }
    request.steps = whole_number("--steps", written.steps, 10, 100);
    request.rounds = whole_number("--rounds", written.rounds, 1, 100);
    request.seconds = whole_number("--seconds", written.seconds, 1, 3600);
    return request;
}

}  // namespace

Action declare_bench(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "bench",
        Text{"measure how fast this computer is, part by part", "逐項測量這台電腦的速度"}.in(
            language));
    const auto written = std::make_shared<Written>();
    add_options(command, *written, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, false);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        const auto say = [](const std::string& part) { std::cerr << part << " ..." << std::endl; };
        const std::string report = bench::run_bench(request_from(*written), say, around.stop);
        std::cout << (written->json ? report : bench::to_markdown(report)) << std::flush;
        return 0;
    };
}

}  // namespace ditto::cli
