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
