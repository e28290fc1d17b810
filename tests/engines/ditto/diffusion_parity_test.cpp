#include <algorithm>

#include <gtest/gtest.h>

#include "engines/ditto/clip_motion.h"
#include "engines/ditto/ddim_sampler.h"
#include "reference.h"
#include "stubs.h"

namespace ditto::reenact {
namespace {

using reference::floats;

constexpr std::size_t clip_values = clip_frames * motion_size;

TEST(DiffusionParity, TimesAsLinspace) {
    const Tensor recorded = reference::load("sampler_times");
    const auto expected = recorded.values<std::int32_t>();
    std::size_t next = 0;
    for (int steps = 10; steps <= 100; ++steps) {
        const DdimSampler sampler(steps);
        const bool whole = 1000 % steps == 0;
        sampler.sample({0}, std::vector(sampler.noise_count(), std::vector<float>{0}),
                       [&](std::span<const float>, std::int64_t time) {
                           // Between whole numbers torch.linspace rounds as the machine's vectors
                           // are wide: it may be one off.
                           EXPECT_NEAR(time, expected[next++], whole ? 0 : 1) << steps;
                           return Prediction{{0}, {0}};
                       });
    }
    EXPECT_EQ(next, expected.size());
}

TEST(DiffusionParity, WeightsOfEachStepAsLmdm) {
    const std::vector<float> table = floats("sampler_steps");  // steps, time, start, noise, fresh
    std::size_t row = 0;
    for (const int steps : {10, 37, 50, 100}) {
        const DdimSampler sampler(steps);
        // The weights show when one of the three inputs is 1 and the others are 0.
        for (std::size_t which = 0; which < 3; ++which) {
            const std::vector noises(sampler.noise_count(),
                                     std::vector<float>{which == 2 ? 1.F : 0.F});
            std::vector<float> seen;
            sampler.sample({0}, noises, [&](std::span<const float> sample, std::int64_t) {
                seen.push_back(sample[0]);
                return Prediction{{which == 1 ? 1.F : 0.F}, {which == 0 ? 1.F : 0.F}};
            });
            for (std::size_t i = 1; i < seen.size(); ++i)
                EXPECT_NEAR(seen[i], table[(row + i - 1) * 5 + 2 + which], 1e-4);
        }
        row += static_cast<std::size_t>(steps);
    }
}

TEST(DiffusionParity, LoopWithTheSameNoiseAsLmdm) {
    for (const int steps : {10, 50}) {
        reference::Draw draw;
        const DdimSampler sampler(steps);
        std::vector<std::vector<float>> noises;
        for (std::size_t i = 0; i < sampler.noise_count(); ++i)
            noises.push_back(draw(clip_values));
        const MotionVector first_frame = to_vector(reference::motion_info(3));
        std::vector<float> conditions(clip_frames * condition_size);
        const auto features = reference::wave(clip_frames * feature_size, 8);
        for (std::size_t i = 0; i < clip_frames; ++i)
            conditions[i * condition_size] = features[i * feature_size];
        const auto result = sampler.sample(
            draw(clip_values), noises, [&](std::span<const float> sample, std::int64_t time) {
                return stubs::denoise(sample, first_frame, conditions, time);
            });
        const std::vector<float> expected = floats("sampler_result_" + std::to_string(steps));
        std::size_t next = 0;
        for (std::size_t i = 0; i < clip_frames; i += 9) {
            for (std::size_t k = 0; k < motion_size; k += 7)
                EXPECT_NEAR(result[i * motion_size + k], expected[next++], 1e-3);
        }
        EXPECT_EQ(next, expected.size());
    }
}

/// Feeds `count` features five at a time; the wanted elements of all motions.
std::vector<float> run_motion(ClipOptions options, std::size_t count, bool origin_first) {
    options.sampling_steps = 10;
    const ConditionHandler conditions = stubs::video_conditions();
    ClipMotion motion(options, conditions, to_vector(reference::motion_info(3)),
                      stubs::denoise_clip, reference::Draw());
    const auto features = reference::wave(count * feature_size, 8);
    std::vector<MotionVector> frames;
    for (std::size_t i = 0; i < count; i += 5) {
        const std::size_t size = std::min<std::size_t>(5, count - i) * feature_size;
        std::ranges::copy(motion.push(std::span(features).subspan(i * feature_size, size)),
                          std::back_inserter(frames));
    }
    const auto silent = static_cast<std::size_t>(options.streaming ? options.overlap : 0);
    std::ranges::copy(motion.finish({}, static_cast<std::int64_t>(count - silent)),
                      std::back_inserter(frames));
    EXPECT_EQ(frames.size(), count - silent);
    if (origin_first) frames.insert(frames.begin(), motion.origin());
    std::vector<float> result;
    for (const MotionVector& frame : frames) {
        for (const std::size_t k : {0, 1, 66, 133, 201, 202, 203, 264})
            result.push_back(frame[k]);
    }
    return result;
}

void expect_motion(const std::vector<float>& actual, const std::string& name) {
    const std::vector<float> expected = floats(name);
    // Streaming, the reference goes on for some frames beyond the voice.
    ASSERT_LE(actual.size(), expected.size());
    ASSERT_GT(actual.size() + 10 * 8, expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        ASSERT_NEAR(actual[i], expected[i], 1e-3) << name << " frame " << i / 8;
}

MotionLimits limits() {
    MotionLimits result;
    result.low.fill(-.6F);
    result.high.fill(.7F);
    return result;
}

TEST(DiffusionParity, OfflineClipsAsStreamSdk) {
    expect_motion(run_motion({.overlap = 10, .limits = limits()}, 173, false), "motion_offline");
    expect_motion(run_motion({.overlap = 70, .reset_interval = 0}, 97, false), "motion_offline_70");
    expect_motion(
        run_motion({.overlap = 10, .reset_interval = 2, .kept_end = 0, .smoothing = 5}, 33, false),
        "motion_offline_short");
}

TEST(DiffusionParity, StreamedClipsAsStreamSdk) {
    expect_motion(run_motion({.streaming = true, .overlap = 70, .limits = limits()}, 115, true),
                  "motion_online_70");
    expect_motion(run_motion({.streaming = true, .overlap = 75}, 115, true), "motion_online_75");
}

}  // namespace
}  // namespace ditto::reenact
