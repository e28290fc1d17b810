#include "engines/ditto/audio2motion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "core/random.h"
#include "denoiser/motion_clip.h"
#include "engines/ditto/device_step.h"

namespace ditto::reenact {
namespace {

constexpr std::size_t clip_values = clip_frames * motion_size;

/// A clip in parts. The schedule is shared by all clips of a run.
struct Clip {
    Clip(const denoiser::MotionNetwork& network, std::shared_ptr<const denoiser::Schedule> steps,
         std::span<const float> first_frame, std::span<const float> conditions,
         ThreadBudget& budget)
        : schedule(std::move(steps)),
          share(budget.take(1, 2)),
          parts(network, *schedule, first_frame, conditions, share.threads()) {}

    std::shared_ptr<const denoiser::Schedule> schedule;
    ThreadBudget::Share share;
    denoiser::MotionClip parts;
};

Prediction predict(Clip& clip, std::span<const float> sample, std::int64_t time) {
    const auto& times = clip.schedule->times;
    const auto step = std::ranges::find(times, time);
    if (step == times.end()) throw Error(ErrorCode::internal, {}, "time of a diffusion step");
    Prediction result{std::vector<float>(sample.size()), std::vector<float>(sample.size())};
    clip.parts.predict(static_cast<std::size_t>(step - times.begin()), sample, result.start);
    const NoiseWeights weights = noise_weights(time);
    for (std::size_t i = 0; i < sample.size(); ++i)
        result.noise[i] =
            sample[i] * weights.sample_weight - result.start[i] * weights.start_weight;
    return result;
}

ClipDenoise clips_in_parts(const denoiser::MotionNetwork& network,
                           std::span<const std::int64_t> times, ThreadBudget& budget) {
    const auto schedule = std::make_shared<const denoiser::Schedule>(network.schedule(times));
    return [&network, schedule, &budget](std::span<const float> first_frame,
                                         std::span<const float> conditions) -> Denoise {
        const auto clip =
            std::make_shared<Clip>(network, schedule, first_frame, conditions, budget);
        return [clip](std::span<const float> sample, std::int64_t time) {
            return predict(*clip, sample, time);
        };
    };
}

std::vector<float> drawn(Random& random, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(random.normal());
    return values;
}

/// Both for the same numbers: what was made of the weights may not be what the graph does.
bool agree(const ClipDenoise& graph, const ClipDenoise& parts, std::int64_t time) {
    constexpr float tolerance = 1e-4F;
    Random random(1, 1);
    const auto sample = drawn(random, clip_values);
    const auto first_frame = drawn(random, motion_size);
    const auto conditions = drawn(random, clip_frames * condition_size);
    const Prediction wanted = graph(first_frame, conditions)(sample, time);
    const Prediction made = parts(first_frame, conditions)(sample, time);
    return difference(made.start, wanted.start) <= tolerance &&
           difference(made.noise, wanted.noise) <= tolerance;
}

bool fits(const denoiser::MotionNetwork& network) {
    return network.frames() == clip_frames && network.motion() == motion_size &&
           network.condition() == condition_size;
}

}  // namespace

std::span<const nn::Port> motion_inputs() {
    static const std::array<nn::Port, 4> ports{
        nn::Port{"x", DataType::f32, {1, clip_frames, motion_size}},
        {"cond_frame", DataType::f32, {1, motion_size}},
        {"cond", DataType::f32, {1, clip_frames, condition_size}},
        {"time_cond", DataType::i64, {1}}};
    return ports;
}

std::span<const nn::Port> motion_outputs() {
    static const std::array<nn::Port, 2> ports{
        nn::Port{"pred_noise", DataType::f32, {1, clip_frames, motion_size}},
        {"x_start", DataType::f32, {1, clip_frames, motion_size}}};
    return ports;
}

float difference(std::span<const float> values, std::span<const float> wanted) {
    float largest = 0;
    float apart = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        largest = std::max(largest, std::abs(wanted[i]));
        const float here = std::abs(values[i] - wanted[i]);
        // Not a number is a difference too, and stays one.
        if (!(here <= apart) && !std::isnan(apart)) apart = here;
    }
    return largest > 0 ? apart / largest : apart;
}

Audio2Motion::Audio2Motion(nn::Session network, std::string why)
    : network_(std::move(network)), obstacle_(std::move(why)) {
    for (const nn::Port& port : motion_inputs())
        network_->require_input(port);
    for (const nn::Port& port : motion_outputs())
        network_->require_output(port);
}

Audio2Motion Audio2Motion::in_parts(nn::Session network,
                                    const std::optional<denoiser::MotionWeights>& weights,
                                    std::shared_ptr<ThreadBudget> budget) {
    Audio2Motion whole(std::move(network));
    const denoiser::VectorKernels* kernels = denoiser::best_kernels();
    if (kernels == nullptr) {
        whole.obstacle_ = "no_vector_instructions";
        return whole;
    }
    try {
        if (weights) {
            const auto parts = std::make_shared<const denoiser::MotionNetwork>(
                *kernels, *weights, whole.network_->name());
            const std::int64_t time = 500;
            if (fits(*parts) && agree(whole.clips({time}),
                                      clips_in_parts(*parts, std::span(&time, 1), *budget), time)) {
                return {parts, std::move(budget)};
            }
        }
    } catch (const Error& error) {
        if (error.code() != ErrorCode::model_mismatch) throw;
    }
    whole.obstacle_ = "graph_unknown";
    return whole;
}

ClipDenoise Audio2Motion::clips(std::vector<std::int64_t> times) const {
    if (parts_) return clips_in_parts(*parts_, times, *budget_);
    if (step_) {
        return [step = step_](std::span<const float> first_frame,
                              std::span<const float> conditions) -> Denoise {
            return [=](std::span<const float> sample, std::int64_t time) {
                return (*step)(sample, first_frame, conditions, time);
            };
        };
    }
    return
        [this](std::span<const float> first_frame, std::span<const float> conditions) -> Denoise {
            return [=, this](std::span<const float> sample, std::int64_t time) {
                return run_graph(sample, first_frame, conditions, time);
            };
        };
}

Prediction Audio2Motion::run_graph(std::span<const float> sample,
                                   std::span<const float> first_frame,
                                   std::span<const float> conditions, std::int64_t time) const {
    const auto outputs =
        network_->run({{"x", TensorView(sample, {1, clip_frames, motion_size})},
                       {"cond_frame", TensorView(first_frame, {1, motion_size})},
                       {"cond", TensorView(conditions, {1, clip_frames, condition_size})},
                       {"time_cond", TensorView(std::span<const std::int64_t>(&time, 1), {1})}},
                      {"pred_noise", "x_start"});
    const auto values = [&](std::size_t i) {
        const auto span = outputs[i].values<float>();
        return std::vector<float>(span.begin(), span.end());
    };
    return {values(0), values(1)};
}

}  // namespace ditto::reenact
