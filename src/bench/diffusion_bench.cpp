#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "app/ditto_setup.h"
#include "bench/parts.h"
#include "bench/pytorch.h"
#include "bench/timing.h"
#include "core/random.h"
#include "engines/ditto/audio2motion.h"
#include "engines/ditto/ddim_sampler.h"
#include "nn/session.h"

namespace ditto::bench {
namespace {

using reenact::Audio2Motion;

std::vector<float> drawn(Random& random, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(random.normal());
    return values;
}

/// The same clip for all who make it.
struct Clip {
    explicit Clip(int steps) : sampler(steps), time(sampler.times().front()) {
        Random random(1, 7);
        const std::size_t size = reenact::clip_frames * reenact::motion_size;
        first_frame = drawn(random, reenact::motion_size);
        conditions = drawn(random, reenact::clip_frames * reenact::condition_size);
        noise = drawn(random, size);
        for (std::size_t i = 0; i < sampler.noise_count(); ++i)
            noises.push_back(drawn(random, size));
    }

    std::vector<float> run(const reenact::ClipDenoise& denoise) const {
        return sampler.sample(noise, noises, denoise(first_frame, conditions));
    }

    reenact::DdimSampler sampler;
    std::int64_t time;  // of the first step
    std::vector<float> first_frame;
    std::vector<float> conditions;
    std::vector<float> noise;
    std::vector<std::vector<float>> noises;
};

const Shape motion_shape{1, reenact::clip_frames, reenact::motion_size};

/// Runs the clip's first step. Null where PyTorch is not asked for.
std::unique_ptr<PyTorch> pytorch_step(const BenchRequest& request,
                                      const std::filesystem::path& network, const Clip& clip) {
    if (!request.pytorch) return nullptr;
    const auto view = [](const std::vector<float>& values, const Shape& shape) {
        return TensorView(std::span<const float>(values), shape);
    };
    return std::make_unique<PyTorch>(
        *request.pytorch, thread_count(request), std::vector{network},
        nn::Inputs{
            {"x", view(clip.noise, motion_shape)},
            {"cond_frame", view(clip.first_frame, {1, reenact::motion_size})},
            {"cond", view(clip.conditions, {1, reenact::clip_frames,
                                            static_cast<std::int64_t>(reenact::condition_size)})},
            {"time_cond", TensorView(std::span(&clip.time, 1), {1})}});
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = 0;
    double apart = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(b[i])));
        apart = std::max(apart, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    }
    return largest > 0 ? apart / largest : apart;
}

}  // namespace

Json bench_diffusion(const BenchRequest& request,
                     const std::shared_ptr<const nn::Runtime>& runtime) {
    const reenact::NetworkFiles files = ditto_network_files(request.checkpoints);
    const int threads = thread_count(request);
    const auto session = [&] { return nn::Session(runtime, files.lmdm, {.threads = threads}); };
    const Audio2Motion official(session());
    const Audio2Motion ours = Audio2Motion::in_parts(session(), files.lmdm_weights(),
                                                     std::make_shared<ThreadBudget>(threads));

    const Clip clip(request.steps);
    const auto official_clips = official.clips(clip.sampler.times());
    const auto our_clips = ours.clips(clip.sampler.times());
    std::vector<float> official_motion;
    std::vector<float> our_motion;
    std::vector<std::function<void()>> works{[&] { official_motion = clip.run(official_clips); },
                                             [&] { our_motion = clip.run(our_clips); }};
    // The same step again and again; what lies between two steps takes no time.
    const std::unique_ptr<PyTorch> pytorch = pytorch_step(request, files.lmdm, clip);
    if (pytorch) {
        pytorch->run(1);
        works.emplace_back([&] { pytorch->run(request.steps); });
    }
    const auto times = measure_in_turns(request.rounds, works);
    Json result;
    result["in_parts"] = ours.is_in_parts();
    result["steps"] = request.steps;
    result["seconds_per_clip"] = times[1].median();
    result["official_seconds_per_clip"] = times[0].median();
    result["speedup_vs_official"] = times[0].median() / times[1].median();
    result["spread"] = times[1].spread();
    result["official_spread"] = times[0].spread();
    result["max_abs_diff"] = largest_difference(our_motion, official_motion);
    if (pytorch) {
        const Tensor start = pytorch->output("x_start", motion_shape);
        const auto values = start.values<float>();
        const auto step = official_clips(clip.first_frame, clip.conditions)(clip.noise, clip.time);
        result["pytorch"] = pytorch->version();
        result["pytorch_seconds_per_clip"] = times[2].median();
        result["pytorch_spread"] = times[2].spread();
        result["speedup_vs_pytorch"] = times[2].median() / times[1].median();
        result["pytorch_max_abs_diff"] =
            largest_difference({values.begin(), values.end()}, step.start);
    }
    return result;
}

}  // namespace ditto::bench
