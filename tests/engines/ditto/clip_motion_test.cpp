#include "engines/ditto/clip_motion.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "core/random.h"
#include "reference.h"
#include "stubs.h"

namespace ditto::reenact {
namespace {

/// Motions from `count` features that come in chunks of uneven length; the last `late` of them
/// with finish().
std::vector<MotionVector> run(const ClipOptions& options, std::size_t count, std::size_t frames,
                              std::size_t late, std::uint64_t seed) {
    const ConditionHandler conditions = stubs::video_conditions();
    ClipMotion motion(options, conditions, to_vector(reference::motion_info(3)),
                      stubs::denoise_clip, reference::Draw());
    const auto features = reference::wave(count * feature_size, 8);
    const std::span all(features);
    Random random(seed);
    std::vector<MotionVector> result;
    for (std::size_t at = 0; at < count - late;) {
        const auto piece =
            std::min<std::size_t>(1 + random.next() % 37, count - late - at) * feature_size;
        std::ranges::copy(motion.push(all.subspan(at * feature_size, piece)),
                          std::back_inserter(result));
        at += piece / feature_size;
    }
    std::ranges::copy(
        motion.finish(all.last(late * feature_size), static_cast<std::int64_t>(frames)),
        std::back_inserter(result));
    return result;
}

TEST(ClipMotion, UnevenChunksGiveTheSameMotion) {
    for (const ClipOptions& options :
         {ClipOptions{.overlap = 10, .sampling_steps = 10},
          ClipOptions{.streaming = true, .overlap = 70, .sampling_steps = 10},
          ClipOptions{.streaming = true, .overlap = 75, .sampling_steps = 10}}) {
        const std::size_t count = 201;
        const std::size_t frames = options.streaming ? 120 : count;
        const auto whole = run(options, count, frames, count, 1);
        EXPECT_EQ(whole.size(), frames);
        EXPECT_EQ(whole, run(options, count, frames, 9, 2));
        EXPECT_EQ(whole, run(options, count, frames, 13, 3));
    }
}

/// A clip whose noise is that of all others.
std::vector<MotionVector> run_alike(const ClipOptions& options, std::size_t frames,
                                    const ClipDenoise& denoise) {
    const ConditionHandler conditions = stubs::video_conditions();
    ClipMotion motion(options, conditions, to_vector(reference::motion_info(3)), denoise,
                      [](std::size_t count) { return reference::wave(count, 1001, 1.4F); });
    std::vector<float> features = reference::wave(frames * feature_size, 8);
    if (options.streaming) {
        const auto silent = static_cast<std::size_t>(options.overlap) * feature_size;
        features.insert(features.begin(), silent, 0.F);
    }
    return motion.finish(features, static_cast<std::int64_t>(frames));
}

void expect_same_from(std::size_t first, const std::vector<MotionVector>& a,
                      const std::vector<MotionVector>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = first; i < a.size(); ++i) {
        for (std::size_t k = 0; k < motion_size; ++k)
            ASSERT_NEAR(a[i][k], b[i][k], 1e-6) << "frame " << i << " element " << k;
    }
}

/// The streamed clip that holds a frame hears the same of it, and at the same place of the source,
/// as the offline one: what depends on nothing else is the same motion from the first frame on.
TEST(ClipMotion, StreamingWithTheSameOverlapMovesAsOffline) {
    const auto by_conditions = [](std::span<const float>, std::span<const float> conditions) {
        return [=](std::span<const float> sample, std::int64_t) {
            Prediction result{std::vector<float>(sample.size()), std::vector<float>(sample.size())};
            for (std::size_t i = 0; i < sample.size(); ++i) {
                result.start[i] =
                    conditions[i / motion_size * condition_size + i % motion_size * 4];
            }
            return result;
        };
    };
    for (const int overlap : {10, 40, 70, 75}) {
        SCOPED_TRACE(overlap);
        ClipOptions options{.overlap = overlap, .sampling_steps = 10, .smoothing = 1};
        const auto offline = run_alike(options, 203, by_conditions);
        options.streaming = true;
        expect_same_from(0, run_alike(options, 203, by_conditions), offline);
    }
}

/// A network that looks at noise and at the frame before moves otherwise where streaming has heard
/// silence first; after that its motion is offline's too. At overlap 40 the clips of both begin at
/// the same frames, are blended alike, and end together after 200.
TEST(ClipMotion, StreamingWithTheSameNoiseMovesAsOfflineAfterItsFirstClip) {
    ClipOptions options{.overlap = 40, .sampling_steps = 10, .kept_end = 0, .smoothing = 1};
    const auto offline = run_alike(options, 200, stubs::denoise_clip);
    options.streaming = true;
    const auto streamed = run_alike(options, 200, stubs::denoise_clip);
    EXPECT_NE(streamed.front(), offline.front());
    expect_same_from(40, streamed, offline);
}

TEST(ClipMotion, EveryLengthGivesAsManyMotions) {
    for (const bool streaming : {false, true}) {
        for (std::size_t frames = 0; frames < 30; ++frames) {
            const ClipOptions options{.streaming = streaming, .overlap = 72, .sampling_steps = 1};
            const std::size_t count = frames + (streaming ? 72 : 0);
            EXPECT_EQ(run(options, count, frames, std::min<std::size_t>(count, 3), 1).size(),
                      frames);
        }
    }
}

TEST(ClipMotion, StreamingWithASmallOverlapLosesNothing) {
    const ClipOptions options{.streaming = true, .overlap = 10, .sampling_steps = 1};
    EXPECT_EQ(run(options, 10 + 163, 163, 5, 1).size(), 163U);
}

TEST(ClipMotion, RefusesWhatCannotBe) {
    const ConditionHandler conditions = stubs::video_conditions();
    const auto make = [&](const ClipOptions& options) {
        return ClipMotion(options, conditions, {}, stubs::denoise_clip, reference::Draw());
    };
    EXPECT_THROW(make({.overlap = 80}), Error);
    EXPECT_THROW(make({.overlap = 0}), Error);
    EXPECT_THROW(make({.sampling_steps = 0}), Error);
    EXPECT_THROW(make({.kept_end = 266}), Error);
    ClipMotion motion = make({.sampling_steps = 1});
    EXPECT_THROW(motion.finish({}, 1), Error);
}

}  // namespace
}  // namespace ditto::reenact
