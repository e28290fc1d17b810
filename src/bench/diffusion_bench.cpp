#include <algorithm>
#include <cmath>
#include <vector>

#include "app/ditto_setup.h"
#include "bench/parts.h"
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
    explicit Clip(int steps) : sampler(steps) {
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
    std::vector<float> first_frame;
    std::vector<float> conditions;
    std::vector<float> noise;
    std::vector<std::vector<float>> noises;
};

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
    const Audio2Motion ours = Audio2Motion::in_parts(session(), files.lmdm_weights(), threads);

    const Clip clip(request.steps);
    const auto official_clips = official.clips(clip.sampler.times());
    const auto our_clips = ours.clips(clip.sampler.times());
    std::vector<float> official_motion;
    std::vector<float> our_motion;
    const auto times =
        measure_in_turns(request.rounds, {[&] { official_motion = clip.run(official_clips); },
                                          [&] { our_motion = clip.run(our_clips); }});
    Json result;
    result["in_parts"] = ours.is_in_parts();
    result["steps"] = request.steps;
    result["seconds_per_clip"] = times[1].median();
    result["official_seconds_per_clip"] = times[0].median();
    result["speedup_vs_official"] = times[0].median() / times[1].median();
    result["spread"] = times[1].spread();
    result["official_spread"] = times[0].spread();
    result["max_abs_diff"] = largest_difference(our_motion, official_motion);
    return result;
}

}  // namespace ditto::bench
