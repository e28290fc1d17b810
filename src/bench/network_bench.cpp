#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/ditto_setup.h"
#include "base/error.h"
#include "bench/parts.h"
#include "bench/timing.h"
#include "core/random.h"
#include "nn/session.h"

namespace ditto::bench {
namespace {

struct Network {
    std::string name;
    std::filesystem::path file;
    /// How often a frame of an offline video needs it.
    double runs_per_frame;
};

/// HuBERT hears 5 frames at a time, a clip brings 70, and a photo is looked at once.
std::vector<Network> networks(const reenact::NetworkFiles& files, int steps) {
    return {{"appearance_extractor", files.appearance_extractor, 0},
            {"motion_extractor", files.motion_extractor, 0},
            {"hubert", files.hubert, 1. / 5},
            {"lmdm", files.lmdm, steps / 70.},
            {"stitch_network", files.stitch_network, 1},
            {"warp_network", files.warp_network, 1},
            {"decoder", files.decoder, 1}};
}

/// Random numbers of the network's own shapes; the one size that is open is a window of speech.
std::vector<std::pair<std::string, Tensor>> inputs_of(const nn::Session& session) {
    constexpr std::int64_t window_samples = 6480;
    Random random(1, 3);
    std::vector<std::pair<std::string, Tensor>> inputs;
    for (const nn::Port& port : session.inputs()) {
        Shape shape = port.shape;
        std::ranges::replace(shape, std::int64_t{-1}, window_samples);
        Tensor tensor(port.type, shape);
        if (port.type == DataType::i64) {
            std::ranges::fill(tensor.values<std::int64_t>(), 500);
        } else {
            for (float& value : tensor.values<float>())
                value = static_cast<float>(random.uniform(-.5, .5));
        }
        inputs.emplace_back(port.name, std::move(tensor));
    }
    return inputs;
}

}  // namespace

Json bench_networks(const BenchRequest& request, const std::shared_ptr<const nn::Runtime>& runtime,
                    const std::stop_token& stop) {
    const reenact::NetworkFiles files = ditto_network_files(request.checkpoints);
    Json result = Json::object();
    for (const Network& network : networks(files, request.steps)) {
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        const nn::SessionOptions options{.threads = thread_count(request)};
        const bool rewritten = network.file == files.warp_network && !files.warp_model.empty();
        const nn::Session session =
            rewritten ? nn::Session(runtime, std::as_bytes(std::span(files.warp_model)),
                                    network.file.string(), options)
                      : nn::Session(runtime, network.file, options);
        const auto inputs = inputs_of(session);
        nn::Inputs views;
        for (const auto& [name, tensor] : inputs)
            views.emplace_back(name, tensor.view());
        const std::string_view output = session.outputs().front().name;
        const auto run = [&] { session.run(views, {output}); };
        run();
        const Times times = measure_in_turns(request.rounds, {run}).front();
        result[network.name] = {{"seconds", times.median()},
                                {"spread", times.spread()},
                                {"seconds_per_frame", times.median() * network.runs_per_frame}};
    }
    return result;
}

}  // namespace ditto::bench
