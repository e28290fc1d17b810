// The end of the diagnosis: what can generate now, and how fast.
#include <array>
#include <cstdio>

#include "nn/providers.h"
#include "setup/diagnosis.h"
#include "setup/trial.h"
#include "setup/verdicts.h"

namespace ditto::setup {
namespace {

constexpr double measured_seconds = 2;
constexpr double video_fps = 25;

std::string decimal(double value, int places) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, value);
    return text.data();
}

std::string download_command(const DiagnosisOptions& options) {
    return "ditto-avatar setup --download-models --checkpoints " +
           shell_word(options.checkpoints.string());
}

bool try_engine(EngineWish wish, const std::string& name, const DiagnosisOptions& options,
                Engines& engines, const std::stop_token& stop, Section& section) {
    try {
        EngineRequest request;
        request.wish = wish;
        request.checkpoints = options.checkpoints;
        const EngineChoice choice = engines.choose(request);
        const auto speed = measure_frames_per_s(*choice.engine, measured_seconds, stop);
        if (speed) {
            section.findings.push_back({Level::good,
                                        Say::engine_works,
                                        {{"engine", name},
                                         {"fps", decimal(*speed, *speed < 10 ? 2 : 0)},
                                         {"times", decimal(*speed / video_fps, 2)}},
                                        {}});
        } else {
            section.findings.push_back(
                {Level::warning,
                 Say::engine_slow,
                 {{"engine", name}, {"seconds", decimal(2 * measured_seconds, 0)}},
                 "ditto-avatar setup --test --checkpoints " +
                     shell_word(options.checkpoints.string())});
        }
        return true;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled) throw;
        const bool ditto = wish == EngineWish::ditto;
        section.findings.push_back(
            {ditto ? Level::warning : Level::bad,
             Say::engine_fails,
             {{"engine", name}, {"why", user_message(error, options.language)}},
             ditto ? download_command(options) : "make build"});
        return false;
    }
}

/// Whether Ditto's networks can run on the GPU: card, driver and provider.
void add_gpu_verdict(const machine::GpuReport& gpus, bool ditto, Section& section) {
    std::string why;
    if (gpus.gpus.empty() || !ditto) {
        const Say say = gpus.gpus.empty() ? Say::gpu_without_card : Say::gpu_without_models;
        section.findings.push_back({Level::note, say, {}, {}});
        return;
    }
    for (const nn::Provider& provider : nn::find_providers(*nn::Runtime::open())) {
        if (provider.name == "CUDA" && !provider.usable) why = provider.reason;
    }
    if (why.empty()) {
        section.findings.push_back({Level::note, Say::gpu_ready, {}, {}});
    } else {
        section.findings.push_back({Level::note, Say::gpu_not_in_use, {{"why", why}}, {}});
    }
}

}  // namespace

Works check_engines(const DiagnosisOptions& options, Engines& engines,
                    const machine::GpuReport& gpus, const std::stop_token& stop) {
    Works works{{Say::works_title, {}}, false};
    const bool mesh = try_engine(EngineWish::mesh, "mesh", options, engines, stop, works.section);
    const bool ditto =
        try_engine(EngineWish::ditto, "ditto", options, engines, stop, works.section);
    add_gpu_verdict(gpus, ditto, works.section);
    works.anything = mesh || ditto;
    if (works.anything) {
        works.section.findings.push_back(
            {Level::good,
             Say::can_generate,
             {},
             "ditto-avatar generate --photo me.jpg --audio voice.wav --output video.mp4"});
    } else {
        works.section.findings.push_back({Level::bad, Say::cannot_generate, {}, "make build"});
    }
    return works;
}

}  // namespace ditto::setup
