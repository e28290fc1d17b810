#include "engines/mesh/performance.h"

#include <cmath>

#include <gtest/gtest.h>

#include "engines/mesh/expression.h"

namespace ditto::mesh {
namespace {

/// Speech of alternating phrases and pauses, with syllables and a stress every second.
ArticulationFrame speech(int frame) {
    ArticulationFrame a;
    const bool pause = frame % 100 >= 80;
    a.voice = pause ? 0 : 1;
    a.lip_close = pause ? 1 : 0;
    a.jaw = pause ? 0 : .4F + .3F * std::sin(static_cast<float>(frame) * .9F);
    a.emphasis = !pause && frame % 25 < 5 ? .9F : .2F;
    return a;
}

std::vector<FaceState> perform(const Controls& controls, int frames,
                               const PerformanceSubject& subject = {}) {
    Performance performance(subject, controls);
    std::vector<FaceState> all;
    const auto take = [&](std::vector<FaceState> states) {
        all.insert(all.end(), states.begin(), states.end());
    };
    for (int i = 0; i < frames; ++i)
        take(performance.push(speech(i)));
    take(performance.finish());
    return all;
}

double deviation(const std::vector<FaceState>& states, float FaceState::*field) {
    double sum = 0;
    double squares = 0;
    for (const FaceState& state : states) {
        sum += state.*field;
        squares += static_cast<double>(state.*field) * (state.*field);
    }
    const double mean = sum / static_cast<double>(states.size());
    return std::sqrt(squares / static_cast<double>(states.size()) - mean * mean);
}

TEST(Performance, FadesFromAndToThePhoto) {
    Controls controls;
    controls.fade_in = 5;
    controls.fade_out = 8;
    controls.emotion = Emotion::happy;
    const auto faded = perform(controls, 60);
    controls.fade_in = controls.fade_out = 0;
    const auto plain = perform(controls, 60);
    ASSERT_EQ(faded.size(), 60U);
    ASSERT_EQ(plain.size(), 60U);
    EXPECT_EQ(faded.front(), FaceState{});
    EXPECT_EQ(faded.back(), FaceState{});
    EXPECT_NE(plain.front(), FaceState{});
    EXPECT_NE(plain.back(), FaceState{});
    for (std::size_t i = 5; i < 52; ++i)
        EXPECT_EQ(faded[i], plain[i]) << i;
    EXPECT_NE(faded[4], plain[4]);
    EXPECT_NE(faded[52], plain[52]);
}

TEST(Performance, FadesLongerThanTheVoiceStillGiveEveryFrame) {
    Controls controls;
    controls.fade_in = controls.fade_out = 250;
    EXPECT_EQ(perform(controls, 7).size(), 7U);
    EXPECT_TRUE(perform(controls, 0).empty());
}

TEST(Performance, SameSeedSameFaces) {
    Controls controls;
    const auto a = perform(controls, 200);
    const auto b = perform(controls, 200);
    controls.seed = 2;
    const auto other = perform(controls, 200);
    int different = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i], b[i]);
        different += a[i] == other[i] ? 0 : 1;
    }
    EXPECT_GT(different, 150);
}

TEST(Performance, BlinksAsPeopleDo) {
    for (const std::int64_t seed : {1, 2, 3}) {
        Controls controls;
        controls.seed = seed;
        constexpr int seconds = 240;
        const auto states = perform(controls, seconds * 25);
        int blinks = 0;
        int length = 0;
        for (const FaceState& state : states) {
            if (state.blink_left > .1F) {
                ++length;
                continue;
            }
            if (length > 0) {
                ++blinks;
                EXPECT_GE(length, 3);  // 120 ms above a tenth: 150 to 300 ms in all
                EXPECT_LE(length, 8);
            }
            length = 0;
        }
        EXPECT_GE(blinks * 60 / seconds, 10) << seed;
        EXPECT_LE(blinks * 60 / seconds, 25) << seed;
    }
}

TEST(Performance, EveryBlinkClosesTheEyeInAtLeastOneFrame) {
    const auto states = perform({}, 3000);
    float peak = 0;
    for (const FaceState& state : states) {
        if (state.blink_left > .1F) {
            peak = std::max(peak, state.blink_left);
        } else if (peak > 0) {
            EXPECT_GT(peak, .97F);
            peak = 0;
        }
    }
}

TEST(Performance, BlinkIntervalAndStillHeadAreObeyed) {
    Controls controls;
    controls.blink_interval = 0;
    controls.head_motion = 0;
    for (const FaceState& state : perform(controls, 1500)) {
        EXPECT_EQ(state.blink_left, 0);
        EXPECT_EQ(state.yaw_deg, 0);
        EXPECT_EQ(state.roll_deg, 0);
    }
    controls.pose_yaw = 3;
    for (const FaceState& state : perform(controls, 100, {})) {
        EXPECT_GE(state.yaw_deg, 0);
        EXPECT_LT(state.yaw_deg, 3.01F);
    }
}

TEST(Performance, TheHeadMovesGently) {
    for (const std::int64_t seed : {1, 2, 3, 4}) {
        Controls controls;
        controls.seed = seed;
        const auto states = perform(controls, 25 * 60);
        EXPECT_GT(deviation(states, &FaceState::yaw_deg), .6);
        EXPECT_LT(deviation(states, &FaceState::yaw_deg), 3.5);
        EXPECT_GT(deviation(states, &FaceState::pitch_deg), .6);
        EXPECT_LT(deviation(states, &FaceState::pitch_deg), 3.5);
        for (std::size_t i = 6; i + 6 < states.size(); ++i) {
            EXPECT_LT(std::abs(states[i].yaw_deg - states[i - 1].yaw_deg), .8F) << i;
            EXPECT_LT(std::abs(states[i].pitch_deg - states[i - 1].pitch_deg), .8F) << i;
            EXPECT_LT(std::abs(states[i].yaw_deg), 6.01F);
        }
    }
}

TEST(MouthState, PausesAndClosuresCloseAlsoAGapInThePhoto) {
    ArticulationFrame closed;
    closed.lip_close = 1;
    closed.jaw = .3F;
    const FaceState smile = mouth_state(closed, .17F, 1);
    EXPECT_EQ(smile.close, 1);
    EXPECT_EQ(smile.open, 0);
    EXPECT_EQ(mouth_state(closed, 0, 1).open, 0);
}

TEST(MouthState, AnOpenVowelOpensWhateverThePhotoShows) {
    ArticulationFrame a;
    a.jaw = 1;
    EXPECT_NEAR(mouth_state(a, 0, 1).open, .2, .03);
    EXPECT_GT(mouth_state(a, .17F, 1).open, .03F);
    EXPECT_EQ(mouth_state(a, .17F, 1).close, 0);
    EXPECT_GT(mouth_state(a, 0, 1.3F).open, mouth_state(a, 0, 1).open);
}

TEST(MouthState, LabiodentalLiftsTheLowerLip) {
    ArticulationFrame f;
    f.labiodental = 1;
    f.jaw = .3F;
    const FaceState state = mouth_state(f, 0, 1);
    EXPECT_LT(state.lower_drop, -.03F);
    EXPECT_LT(state.open, .03F);
}

TEST(Expression, ScalingToNothingIsThePhoto) {
    for (int i = 0; i < 8; ++i) {
        const FaceState e = expression_of(static_cast<Emotion>(i));
        EXPECT_EQ(scaled(e, 0), FaceState{}) << i;
        EXPECT_EQ(added({}, e, 1), e) << i;
    }
    EXPECT_EQ(expression_of(Emotion::neutral), FaceState{});
}

}  // namespace
}  // namespace ditto::mesh
