#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/ditto_setup.h"
#include "bench/parts.h"
#include "bench/pytorch.h"
#include "bench/timing.h"
#include "core/random.h"
#include "cpu/warp_decode.h"
#include "nn/session.h"

namespace ditto::bench {
namespace {

Tensor drawn(const Shape& shape, double spread, std::uint64_t stream) {
    Tensor tensor(DataType::f32, shape);
    Random random(1, stream);
    for (float& value : tensor.values<float>())
        value = static_cast<float>(spread * random.normal());
    return tensor;
}

struct Difference {
    double largest = 0;
    double root_mean_square = 0;
    double largest_value = 0;
};

Difference difference(const Tensor& a, const Tensor& b) {
    const auto left = a.values<float>();
    const auto right = b.values<float>();
    Difference result;
    double squares = 0;
    for (std::size_t i = 0; i < right.size(); ++i) {
        const double apart = static_cast<double>(left[i]) - static_cast<double>(right[i]);
        squares += apart * apart;
        result.largest = std::max(result.largest, std::abs(apart));
        result.largest_value =
            std::max(result.largest_value, std::abs(static_cast<double>(right[i])));
    }
    result.root_mean_square = std::sqrt(squares / static_cast<double>(right.size()));
    return result;
}

nn::Session warp_session(const std::shared_ptr<const nn::Runtime>& runtime,
                         const reenact::NetworkFiles& files, const nn::SessionOptions& options) {
    if (files.warp_model.empty()) return {runtime, files.warp_network, options};
    return {runtime, std::as_bytes(std::span(files.warp_model)), files.warp_network.string(),
            options};
}

}  // namespace

Json bench_warp_decode(const BenchRequest& request,
                       const std::shared_ptr<const nn::Runtime>& runtime) {
    const reenact::NetworkFiles files = ditto_network_files(request.checkpoints);
    const int threads = thread_count(request);
    const cpu::WarpDecode own(files.warp_network, files.decoder, threads);
    for (const auto* obstacle : {&own.warp_obstacle(), &own.decode_obstacle()}) {
        if (!obstacle->why.empty()) return {{"left_to_onnxruntime", obstacle->why}};
    }
    const nn::Session warp = warp_session(runtime, files, {.threads = threads});
    const nn::Session decode(runtime, files.decoder, {.threads = threads});

    const Tensor volume = drawn({1, 32, 16, 64, 64}, 1, 1);
    const Tensor source = drawn({1, 21, 3}, .3, 2);
    const Tensor driving = drawn({1, 21, 3}, .3, 3);
    Tensor warped;
    Tensor picture;
    Tensor own_warped;
    Tensor own_picture;
    const auto by_runtime = [&] {
        warped = std::move(warp.run({{"feature_3d", volume.view()},
                                     {"kp_source", source.view()},
                                     {"kp_driving", driving.view()}},
                                    {"out"})
                               .front());
        picture = std::move(decode.run({{"feature", warped.view()}}, {"output"}).front());
    };
    const auto by_ours = [&] {
        own_warped = own.warp(volume.view(), source.view(), driving.view());
        own_picture = own.decode(own_warped.view());
    };
    const cpu::WarpDecode single(files.warp_network, files.decoder, 1);
    const auto by_one_thread = [&] {
        single.decode(single.warp(volume.view(), source.view(), driving.view()).view());
    };
    const cpu::WarpDecode halves(files.warp_network, files.decoder, threads, true);
    Tensor fast_picture;
    const auto by_halves = [&] {
        fast_picture =
            halves.decode(halves.warp(volume.view(), source.view(), driving.view()).view());
    };
    std::unique_ptr<PyTorch> pytorch;
    if (request.pytorch && files.warp_model.empty()) {
        pytorch = std::make_unique<PyTorch>(*request.pytorch, threads,
                                            std::vector{files.warp_network, files.decoder},
                                            nn::Inputs{{"feature_3d", volume.view()},
                                                       {"kp_source", source.view()},
                                                       {"kp_driving", driving.view()}});
    }
    std::vector<std::function<void()>> works{by_runtime, by_ours, by_one_thread};
    if (cpu::WarpDecode::has_fast()) works.emplace_back(by_halves);
    if (pytorch) works.emplace_back([&] { pytorch->run(1); });
    for (std::size_t i = 1; i < works.size(); ++i)
        works[i]();
    const auto times = measure_in_turns(request.rounds, works);
    const Difference of_picture = difference(own_picture, picture);
    const Difference of_warp = difference(own_warped, warped);
    const double runtime_s = times[0].median();
    Json result{{"seconds_per_frame", times[1].median()},
                {"onnxruntime_seconds_per_frame", runtime_s},
                {"speedup_vs_onnxruntime", runtime_s / times[1].median()},
                {"spread", times[1].spread()},
                {"onnxruntime_spread", times[0].spread()},
                {"max_abs_diff", of_picture.largest},
                {"rms_diff", of_picture.root_mean_square},
                {"warp_max_rel_diff", of_warp.largest / std::max(1e-30, of_warp.largest_value)},
                {"one_thread_seconds_per_frame", times[2].median()},
                {"threads_ratio", times[2].median() / times[1].median()},
                {"fast", cpu::WarpDecode::has_fast()}};
    if (cpu::WarpDecode::has_fast()) {
        const double apart = difference(fast_picture, own_picture).root_mean_square;
        result["fast_seconds_per_frame"] = times[3].median();
        result["fast_speedup_vs_onnxruntime"] = runtime_s / times[3].median();
        result["fast_psnr_db"] = -20 * std::log10(std::max(1e-9, apart));
    }
    if (pytorch) {
        const double pytorch_s = times.back().median();
        result["pytorch"] = pytorch->version();
        result["pytorch_seconds_per_frame"] = pytorch_s;
        result["pytorch_spread"] = times.back().spread();
        result["speedup_vs_pytorch"] = pytorch_s / times[1].median();
        result["pytorch_max_abs_diff"] =
            difference(pytorch->output("output", picture.shape()), picture).largest;
    }
    return result;
}

}  // namespace ditto::bench
