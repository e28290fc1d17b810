#include "engines/ditto/emotion_track.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.h"

namespace ditto::reenact {
namespace {

EmotionTrack track(std::string_view text) {
    return EmotionTrack(EmotionTimeline::parse(text));
}

TEST(EmotionTrack, SharesLieBetweenAbsentAndPresent) {
    // e^8 for the larger, (1 + e^8) / 2 for one of half its weight, 1 for each of the other six.
    const double present = std::exp(8.);
    const double half = (1 + present) / 2;
    const double sum = present + half + 6;
    const EmotionWeights weights = track("happy=0.8+neutral=0.4").at(0);
    EXPECT_NEAR(weights[3], present / sum, 1e-6);
    EXPECT_NEAR(weights[4], half / sum, 1e-6);
    EXPECT_NEAR(weights[0], 1 / sum, 1e-6);
    EXPECT_EQ(weights, track("happy=2+neutral").at(0));
}

TEST(EmotionTrack, TimeLineHoldsEachUntilTheNext) {
    const EmotionTrack line = track("0:neutral,2:happy,2.4:sad,2.41:fear");
    EXPECT_EQ(line.at(-5), track("neutral").at(0));
    EXPECT_EQ(line.at(49), track("neutral").at(0));
    EXPECT_EQ(line.at(50), track("happy").at(0));
    EXPECT_EQ(line.at(59), track("happy").at(0));
    // Two sections in one frame: the later counts.
    EXPECT_EQ(line.at(60), track("fear").at(0));
    EXPECT_EQ(line.at(99999), track("fear").at(0));
}

TEST(EmotionTrack, RowsRepeat) {
    const EmotionTrack track = EmotionTrack::repeating({{1, 0}, {0, 1}});
    EXPECT_EQ(track.at(-3)[0], 1);
    EXPECT_EQ(track.at(3)[1], 1);
}

TEST(EmotionTrack, NeedsARow) {
    EXPECT_THROW(EmotionTrack::repeating({}), Error);
}

}  // namespace
}  // namespace ditto::reenact
