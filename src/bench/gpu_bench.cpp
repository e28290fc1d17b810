#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/ditto_setup.h"
#include "base/error.h"
#include "bench/parts.h"
#include "bench/timing.h"
#include "core/random.h"
#include "engines/ditto/audio2motion.h"
#include "engines/ditto/device_renderer.h"
#include "engines/ditto/device_step.h"

namespace ditto::bench {
namespace {

using reenact::DeviceRenderer;
using reenact::Face;
using reenact::FacePose;

std::vector<float> drawn(std::size_t count, double spread, std::uint64_t seed) {
    std::vector<float> values(count);
    Random random(seed);
    for (float& value : values)
        value = static_cast<float>(spread * random.normal());
    return values;
}

nn::Session open(const std::shared_ptr<const nn::Runtime>& runtime, const std::string& model,
                 const std::string& name, const nn::SessionOptions& options) {
    return {runtime, std::as_bytes(std::span(model)), name, options};
}

/// The pictures' networks, in 16 bits or in 32.
struct Pictures {
    Pictures(const std::shared_ptr<const nn::Runtime>& runtime, const BenchRequest& request,
             nn::SessionOptions options, bool half)
        : files(ditto_gpu_network_files(request.checkpoints, half, {})),
          warp(open(runtime, files.warp_model, files.warp_network.string(),
                    with_half(options, files.half))),
          decode(open(runtime, files.decoder_model, files.decoder.string(),
                      with_half(options, files.half))),
          renderer(warp, decode),
          run(renderer) {}

    static nn::SessionOptions with_half(nn::SessionOptions options, bool half) {
        options.half = half;
        return options;
    }

    reenact::NetworkFiles files;
    reenact::WarpF3d warp;
    reenact::DecodeF3d decode;
    DeviceRenderer renderer;
    DeviceRenderer::Run run;
};

/// Of faces in 8 bits; nothing where they are not.
std::optional<double> psnr_db(const Face& a, const Face& b) {
    if (a.pixels.empty() || b.pixels.empty()) return std::nullopt;
    double squares = 0;
    for (int y = 0; y < a.pixels.height(); ++y) {
        for (int i = 0; i < 3 * a.pixels.width(); ++i) {
            const int by = a.pixels.row(y)[i] - b.pixels.row(y)[i];
            squares += by * by;
        }
    }
    const auto count = static_cast<double>(a.pixels.bytes());
    return 10 * std::log10(255. * 255 / std::max(1e-9, squares / count));
}

/// A step of the diffusion, played by the GPU and as the graph says.
Json bench_step(const BenchRequest& request, const std::shared_ptr<const nn::Runtime>& runtime,
                nn::SessionOptions options) {
    const auto file = reenact::NetworkFiles::in(request.checkpoints / "ditto_onnx").lmdm;
    const reenact::Audio2Motion plain(nn::Session(runtime, file, options));
    const auto sample = drawn(reenact::clip_frames * reenact::motion_size, 1, 1);
    const auto first_frame = drawn(reenact::motion_size, .2, 2);
    const auto conditions = drawn(reenact::clip_frames * reenact::condition_size, 1, 3);
    constexpr std::int64_t time = 500;
    const auto as_written = plain.clips({time})(first_frame, conditions);
    Json result;
    std::unique_ptr<reenact::DeviceStep> step;
    try {
        options.recorded = true;
        step = std::make_unique<reenact::DeviceStep>(nn::Session(runtime, file, options), runtime,
                                                     options.device);
        result["step_recorded"] = step->holds();
    } catch (const Error& error) {
        result["step_recorded"] = false;
        result["step_obstacle"] = error.detail();
        return result;
    }
    std::vector<float> wanted;
    std::vector<float> made;
    const auto times = measure_in_turns(
        request.rounds, {[&] { wanted = as_written(sample, time).start; },
                         [&] { made = (*step)(sample, first_frame, conditions, time).start; }});
    result["step_seconds"] = times[1].median();
    result["step_unrecorded_seconds"] = times[0].median();
    result["step_max_rel_diff"] = reenact::difference(made, wanted);
    return result;
}

}  // namespace

Json bench_gpu(const BenchRequest& request, const std::shared_ptr<const nn::Runtime>& runtime,
               nn::Device device) {
    const nn::SessionOptions options{.threads = thread_count(request), .device = device};
    Pictures half(runtime, request, options, true);
    Pictures exact(runtime, request, options, false);

    const auto values = drawn(32 * 16 * 64 * 64, 1, 1);
    const Tensor appearance = Tensor::from(std::span(values), {1, 32, 16, 64, 64});
    FacePose pose{&appearance};
    const auto source = drawn(pose.source.size(), .3, 2);
    const auto driving = drawn(pose.driving.size(), .3, 3);
    std::ranges::copy(source, pose.source.begin());
    std::ranges::copy(driving, pose.driving.begin());

    std::vector<Face> in_half;
    std::vector<Face> in_full;
    const std::vector<std::function<void()>> works{
        [&] { in_half = half.run(std::vector(half.renderer.batch(), pose)); },
        [&] { half.run(std::span(&pose, 1)); },
        [&] { in_full = exact.run(std::vector(exact.renderer.batch(), pose)); },
        [&] { half.decode(half.warp(appearance, pose.source, pose.driving)); }};
    for (const auto& work : works)
        work();
    const auto times = measure_in_turns(request.rounds, works);
    const auto batch = static_cast<double>(half.renderer.batch());
    const double frame_s = times[0].median() / batch;
    Json result{{"device", nn::name_of(device)},
                {"batch", half.renderer.batch()},
                {"seconds_per_frame", frame_s},
                {"spread", times[0].spread()},
                {"alone_seconds_per_frame", times[1].median()},
                {"exact_seconds_per_frame",
                 times[2].median() / static_cast<double>(exact.renderer.batch())},
                {"copied_seconds_per_frame", times[3].median()}};
    if (const auto psnr = psnr_db(in_half.front(), in_full.front())) result["psnr_db"] = *psnr;
    result.update(bench_step(request, runtime, options));
    return result;
}

}  // namespace ditto::bench
