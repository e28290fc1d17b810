#include "engines/mesh/expression_track.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "engines/mesh/expression.h"

namespace ditto::mesh {
namespace {

ExpressionTrack track(std::string_view text) {
    return ExpressionTrack(EmotionTimeline::parse(text));
}

/// Of the fields that expressions set most.
float largest_difference(const FaceState& a, const FaceState& b) {
    float largest = 0;
    for (float FaceState::*field :
         {&FaceState::smile_left, &FaceState::smile_right, &FaceState::brow_inner,
          &FaceState::brow_outer, &FaceState::blink_left, &FaceState::squint, &FaceState::open})
        largest = std::max(largest, std::abs(a.*field - b.*field));
    return largest;
}

TEST(ExpressionTrack, OneEmotionIsItsFaceThroughout) {
    for (std::size_t i = 0; i < emotion_names.size(); ++i) {
        const auto emotion = static_cast<Emotion>(i);
        for (const double time_s : {0., .1, 7.})
            EXPECT_EQ(ExpressionTrack(emotion).at(time_s), expression_of(emotion));
    }
}

TEST(ExpressionTrack, ABlendIsTheMeanByShares) {
    const FaceState happy = expression_of(Emotion::happy);
    const FaceState surprise = expression_of(Emotion::surprise);
    const FaceState even = track("happy+surprise").at(0);
    EXPECT_FLOAT_EQ(even.smile_left, happy.smile_left / 2);
    EXPECT_FLOAT_EQ(even.brow_inner, surprise.brow_inner / 2);
    EXPECT_FLOAT_EQ(even.brow_outer, (happy.brow_outer + surprise.brow_outer) / 2);
    const FaceState mild = track("happy=0.6+neutral=0.2").at(0);
    EXPECT_FLOAT_EQ(mild.smile_left, .75F * happy.smile_left);
}

TEST(ExpressionTrack, TheNextSectionGrowsFromItsBeginning) {
    const ExpressionTrack line = track("0:neutral,1.5:happy");
    const float smile = expression_of(Emotion::happy).smile_left;
    EXPECT_EQ(line.at(0), FaceState{});
    EXPECT_EQ(line.at(1.5), FaceState{});
    EXPECT_NEAR(line.at(1.65).smile_left, smile / 2, 1e-6);
    float last = 0;
    for (int i = 1; i <= 10; ++i) {
        const float now = line.at(1.5 + .03 * i).smile_left;
        EXPECT_GT(now, last) << i;
        last = now;
    }
    EXPECT_EQ(line.at(1.81), expression_of(Emotion::happy));
    EXPECT_EQ(line.at(99), expression_of(Emotion::happy));
}

TEST(ExpressionTrack, NowhereAJumpHoweverShortTheSections) {
    for (const char* text :
         {"0:angry,1:surprise,2:sad", "0:happy,1:sad,1.1:surprise,1.15:angry,1.4:neutral",
          "0.01:fear,0.05:happy,0.1:disgust,0.2:contempt,0.22:sad"}) {
        const ExpressionTrack line = track(text);
        FaceState last = line.at(0);
        for (int i = 1; i < 3000; ++i) {
            const FaceState now = line.at(i * .001);
            // The largest change between two faces is below 0.6; 1.5 / 0.3 s is the steepest of a
            // smooth step, and up to three run at once.
            EXPECT_LT(largest_difference(now, last), .01F) << text << " at " << i;
            last = now;
        }
    }
}

}  // namespace
}  // namespace ditto::mesh
