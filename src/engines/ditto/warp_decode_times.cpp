#include "engines/ditto/warp_decode_times.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

#include "base/error.h"
#include "core/random.h"
#include "cpu/warp_decode.h"

namespace ditto::reenact {
namespace {

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double processor_s() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Work>
Tensor timed(const Work& work, std::vector<double>& clock_s, std::vector<double>& used_s) {
    const auto start = std::chrono::steady_clock::now();
    const double used = processor_s();
    Tensor result = work();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    clock_s.push_back(taken.count());
    used_s.push_back(processor_s() - used);
    return result;
}

Tensor random_tensor(Random& random, const Shape& shape, float spread) {
    Tensor tensor(DataType::f32, shape);
    for (float& value : tensor.values<float>())
        value = spread * static_cast<float>(random.normal());
    return tensor;
}

nn::Session warp_session(const std::shared_ptr<const nn::Runtime>& runtime,
                         const NetworkFiles& files, const nn::SessionOptions& options) {
    if (files.warp_model.empty()) return nn::Session(runtime, files.warp_network, options);
    return nn::Session(runtime, std::as_bytes(std::span(files.warp_model)),
                       files.warp_network.string(), options);
}

void compare(const Tensor& own, const Tensor& other, WarpDecodeTimes& times) {
    const auto a = own.values<float>(), b = other.values<float>();
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = std::abs(double{a[i]} - double{b[i]});
        times.max_abs_diff = std::max(times.max_abs_diff, difference);
        squares += difference * difference;
    }
    times.rms_diff = std::sqrt(squares / static_cast<double>(a.size()));
}

}  // namespace

double WarpDecodeTimes::seconds_per_frame() const {
    return median(own_s);
}

double WarpDecodeTimes::speedup_vs_onnxruntime() const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < own_s.size(); ++i)
        ratios.push_back(runtime_s[i] / own_s[i]);
    return median(ratios);
}

WarpDecodeTimes time_warp_decode(const std::shared_ptr<const nn::Runtime>& runtime,
                                 const NetworkFiles& files, int threads, int rounds) {
    const cpu::WarpDecode own(files.warp_network, files.decoder, threads);
    for (const cpu::Obstacle* obstacle : {&own.warp_obstacle(), &own.decode_obstacle()}) {
        if (!obstacle->why.empty()) {
            throw Error(ErrorCode::engine_unavailable,
                        {{"engine", "ditto"}, {"why", obstacle->why}}, obstacle->what);
        }
    }
    const nn::SessionOptions options{.threads = threads};
    const nn::Session warp = warp_session(runtime, files, options);
    const nn::Session decoder(runtime, files.decoder, options);
    Random random(1);
    const Tensor volume = random_tensor(random, {1, 32, 16, 64, 64}, 1);
    const Tensor source = random_tensor(random, {1, keypoint_count, 3}, 0.4F);
    Tensor driving = source.clone();
    for (float& value : driving.values<float>())
        value += 0.05F * static_cast<float>(random.normal());

    WarpDecodeTimes times;
    for (int round = 0; round <= rounds; ++round) {
        if (round == 1) times = {};
        const Tensor ours = timed(
            [&] {
                return own.decode(own.warp(volume.view(), source.view(), driving.view()).view());
            },
            times.own_s, times.own_processor_s);
        const Tensor theirs = timed(
            [&] {
                const auto feature = warp.run({{"feature_3d", volume.view()},
                                               {"kp_source", source.view()},
                                               {"kp_driving", driving.view()}},
                                              {"out"});
                return std::move(
                    decoder.run({{"feature", feature.front().view()}}, {"output"}).front());
            },
            times.runtime_s, times.runtime_processor_s);
        compare(ours, theirs, times);
    }
    return times;
}

}  // namespace ditto::reenact
