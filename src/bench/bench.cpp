#include "bench/bench.h"

#include <cmath>
#include <cstdio>
#include <thread>

#include <spawn.h>
#include <sys/wait.h>

#include "app/installed_files.h"
#include "base/error.h"
#include "bench/parts.h"
#include "bench/timing.h"
#include "machine/computer.h"

namespace ditto::bench {
namespace {

Json machine() {
    const machine::Processor processor = machine::find_processor();
    const machine::Memory memory = machine::find_memory();
    return {{"processor", processor.name},
            {"cores", processor.cores},
            {"avx2", processor.avx2},
            {"avx512", processor.avx512},
            {"memory_gib", static_cast<double>(memory.total_bytes) / (1LL << 30U)}};
}

/// How long the program takes to say its version.
Json start_up(int rounds) {
    const std::string program = (program_folder() / "ditto-avatar").string();
    const auto run = [&] {
        std::string path = program;
        std::string option = "--version";
        char* arguments[] = {path.data(), option.data(), nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
        pid_t child = 0;
        const int failed = posix_spawn(&child, path.c_str(), &actions, nullptr, arguments, nullptr);
        posix_spawn_file_actions_destroy(&actions);
        if (failed == 0) waitpid(child, nullptr, 0);
    };
    run();
    const Times times = measure_in_turns(std::max(5, rounds), {run}).front();
    return {{"version_s", times.median()}, {"spread", times.spread()}};
}

std::string number(const Json& value) {
    if (!value.is_number()) return value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value.get<double>());
    return text;
}

void add_table(std::string& text, const std::string& title, const Json& part) {
    text += "\n| " + title + " | |\n|---|--:|\n";
    for (const auto& [name, value] : part.items())
        text += "| " + name + " | " + number(value) + " |\n";
}

void add_networks(std::string& text, const Json& networks) {
    double whole = 0;
    for (const Json& network : networks)
        whole += network["seconds_per_frame"].get<double>();
    text +=
        "\n| network in ONNX Runtime | seconds | spread | seconds a frame | share |\n"
        "|---|--:|--:|--:|--:|\n";
    for (const auto& [name, network] : networks.items()) {
        const double share = network["seconds_per_frame"].get<double>() / whole;
        text += "| " + name + " | " + number(network["seconds"]) + " | " +
                number(network["spread"]) + " | " + number(network["seconds_per_frame"]) + " | " +
                std::to_string(std::lround(100 * share)) + " % |\n";
    }
}

}  // namespace

int thread_count(const BenchRequest& request) {
    if (request.threads > 0) return request.threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::string run_bench(const BenchRequest& request,
                      const std::function<void(const std::string&)>& say, std::stop_token stop) {
    Json report;
    report["machine"] = machine();
    report["machine"]["threads"] = thread_count(request);
    report["versions"] = {{"onnxruntime", nn::runtime_version()}};
    report["start_up"] = start_up(request.rounds);
    // From small to large, since memory is told by its peak.
    if (request.mesh) {
        say("mesh");
        report["mesh"] = bench_engine(request, "mesh", request.seconds, false, stop);
        say("mesh_1080p");
        report["mesh_1080p"] = bench_engine(request, "mesh", request.seconds, true, stop);
    }
    if (request.checkpoints.empty()) return report.dump(2) + "\n";
    say("ditto");
    report["ditto"] = bench_engine(request, "ditto", request.ditto_frames / 25., false, stop);
    const auto runtime = nn::Runtime::open();
    say("diffusion");
    report["diffusion"] = bench_diffusion(request, runtime);
    say("warp_decode");
    report["warp_decode"] = bench_warp_decode(request, runtime);
    if (request.device == nn::Device::cuda || request.device == nn::Device::tensorrt) {
        say("gpu");
        report["gpu"] = bench_gpu(request, runtime, request.device);
    }
    say("networks");
    report["networks"] = bench_networks(request, runtime, stop);
    return report.dump(2) + "\n";
}

std::string to_markdown(const std::string& json) {
    const Json report = Json::parse(json);
    std::string text;
    for (const auto& [name, part] : report.items()) {
        if (name == "networks") {
            add_networks(text, part);
        } else {
            add_table(text, name, part);
        }
    }
    return text.substr(1);
}

}  // namespace ditto::bench
