#include "engines/ditto/stages.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reference.h"

namespace ditto::reenact {
namespace {

TEST(SilenceGate, ShutsOverFiveFramesAndOpensAheadOfTheVoice) {
    // 10 frames of voice, 12 of silence, 10 of voice.
    std::vector<float> voice(32 * samples_per_motion_frame, .1F);
    std::fill(voice.begin() + 10 * samples_per_motion_frame,
              voice.begin() + 22 * samples_per_motion_frame, 1e-5F);
    SilenceGate gate(-50);
    gate.push(voice);
    std::vector<float> open;
    for (int i = 0; i < 32; ++i)
        open.push_back(gate.next());
    for (int i = 0; i <= 11; ++i)
        EXPECT_EQ(open[static_cast<std::size_t>(i)], 1) << i;
    EXPECT_NEAR(open[12], .8, 1e-6);
    EXPECT_NEAR(open[16], 0, 1e-6);
    EXPECT_NEAR(open[19], 0, 1e-6);
    EXPECT_NEAR(open[20], .2, 1e-6);
    EXPECT_NEAR(open[24], 1, 1e-6);
    EXPECT_EQ(gate.next(), 1);
}

TEST(SilenceGate, OffAtTheLowestLevel) {
    SilenceGate gate(-100);
    gate.push(std::vector<float>(9 * samples_per_motion_frame));
    for (int i = 0; i < 9; ++i)
        EXPECT_EQ(gate.next(), 1);
}

std::vector<StitchInput> frames_of(double fps, std::int64_t held, int motions,
                                   std::int64_t frames) {
    FrameClock clock(fps, held);
    std::vector<StitchInput> result;
    for (int i = 0; i < motions; ++i) {
        MotionVector motion;
        motion.fill(static_cast<float>(i));
        std::ranges::copy(clock.push(motion, static_cast<float>(i) / 100),
                          std::back_inserter(result));
    }
    std::ranges::copy(clock.finish(frames), std::back_inserter(result));
    return result;
}

TEST(FrameClock, At25FramesEveryMotionIsAFrame) {
    const auto frames = frames_of(25, 10, 60, 60);
    ASSERT_EQ(frames.size(), 60U);
    for (std::size_t i = 0; i < 60; ++i) {
        EXPECT_EQ(frames[i].motion[7], static_cast<float>(i));
        EXPECT_EQ(frames[i].frame, static_cast<std::int64_t>(i));
    }
    EXPECT_EQ(frames[59].frames_after, 0);
    EXPECT_EQ(frames[50].frames_after, 9);
    EXPECT_GE(frames[20].frames_after, 10);
}

TEST(FrameClock, OtherRatesAreInterpolated) {
    for (const double fps : {10., 24., 30., 60.}) {
        const auto count = static_cast<std::int64_t>(60 / motion_fps * fps);
        const auto frames = frames_of(fps, 0, 60, count);
        ASSERT_EQ(frames.size(), static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < frames.size(); ++i) {
            const double wanted = std::min(59., static_cast<double>(i) * motion_fps / fps);
            EXPECT_NEAR(frames[i].motion[0], wanted, 1e-3) << fps << " frame " << i;
            EXPECT_NEAR(frames[i].mouth_open, wanted / 100, 1e-5);
            EXPECT_EQ(frames[i].frames_after, endless);
        }
    }
}

TEST(Settings, UserComesBeforeConfigUnlessTheReferenceIsAskedFor) {
    Config config;
    config.emotion = {EmotionWeights{1}};
    config.crop.vx_ratio = .1;
    Controls controls;
    EXPECT_EQ(emotion_track(config, controls).at(0)[0], 1);
    controls.emotion = Emotion::happy;
    EXPECT_LT(emotion_track(config, controls).at(0)[0], .1);
    EXPECT_EQ(crop_options(config, controls).vx_ratio, .1);
    controls.reference_behaviour = 1;
    EXPECT_EQ(emotion_track(config, controls).at(0)[0], 1);
    EXPECT_EQ(crop_options(config, controls).vx_ratio, 0);
}

TEST(Settings, StreamingTakesItsOwnOverlapAndSteps) {
    Controls controls;
    EXPECT_EQ(clip_options({}, controls).overlap, 10);
    EXPECT_EQ(clip_options({}, controls).sampling_steps, 50);
    controls.streaming = 1;
    EXPECT_EQ(clip_options({}, controls).overlap, 70);
    EXPECT_EQ(clip_options({}, controls).sampling_steps, 10);
    controls.sampling_steps = 20;
    EXPECT_EQ(clip_options({}, controls).sampling_steps, 20);
}

TEST(Settings, FadeTypeNoneFadesToTheSourceButNotInTheReference) {
    Config config;
    config.stitch.fade_target = FadeTarget::none;
    Controls controls;
    EXPECT_EQ(stitch_options(config, controls, true).fade_target, FadeTarget::source);
    controls.reference_behaviour = 1;
    EXPECT_EQ(stitch_options(config, controls, true).fade_target, FadeTarget::none);
}

TEST(Settings, BlinksByInterval) {
    EXPECT_EQ(open_time({}).shortest, 60);
    EXPECT_EQ(open_time({}).longest, 100);
    Config config;
    config.stitch.blink.resize(15);
    Controls controls;
    controls.blink_interval = 1;
    BlinkSchedule blinks = make_blinks(config, controls);
    int shut = 0;
    for (int i = 0; i < 25 * 60; ++i)
        shut += blinks.at(i, endless) == 14 ? 1 : 0;
    EXPECT_GE(shut, 1500 / (31 + 15) - 1);
    EXPECT_LE(shut, 1500 / (19 + 15) + 1);
    controls.blink_interval = 0;
    BlinkSchedule none = make_blinks(config, controls);
    for (int i = 0; i < 500; ++i)
        EXPECT_EQ(none.at(i, endless), 0);
}

}  // namespace
}  // namespace ditto::reenact
