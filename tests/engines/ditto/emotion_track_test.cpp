#include "engines/ditto/emotion_track.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace ditto::reenact {
namespace {

TEST(EmotionTrack, NamesNumbersAndBlends) {
    const std::array both{Emotion::happy, Emotion::surprise};
    EXPECT_EQ(EmotionTrack::parse("happy+6").at(12), blend(both));
    EXPECT_EQ(EmotionTrack::parse("3").at(0), blend(std::span(both).first(1)));
}

TEST(EmotionTrack, TimeLineHoldsEachUntilTheNext) {
    const EmotionTrack track = EmotionTrack::parse("0:neutral,2:happy,2.4:sad");
    EXPECT_EQ(track.at(-5), EmotionTrack::parse("neutral").at(0));
    EXPECT_EQ(track.at(49), EmotionTrack::parse("neutral").at(0));
    EXPECT_EQ(track.at(50), EmotionTrack::parse("happy").at(0));
    EXPECT_EQ(track.at(59), EmotionTrack::parse("happy").at(0));
    EXPECT_EQ(track.at(60), EmotionTrack::parse("sad").at(0));
    EXPECT_EQ(track.at(99999), EmotionTrack::parse("sad").at(0));
}

TEST(EmotionTrack, RowsRepeat) {
    const EmotionTrack track = EmotionTrack::repeating({{1, 0}, {0, 1}});
    EXPECT_EQ(track.at(-3)[0], 1);
    EXPECT_EQ(track.at(3)[1], 1);
}

TEST(EmotionTrack, RefusesWhatMakesNoSense) {
    for (const char* text :
         {"", "cheerful", "happy+", "+happy", "8", "1:happy,1:sad", "2:sad,1:sad", "x:sad", ":sad",
          "0:", "0:sad,", "0:sad,happy", "-1:sad", "nan:sad", "1e99:sad"}) {
        EXPECT_THROW(EmotionTrack::parse(text), Error) << text;
    }
    EXPECT_THROW(EmotionTrack::parse(std::string(5000, '1')), Error);
    EXPECT_THROW(EmotionTrack::repeating({}), Error);
}

}  // namespace
}  // namespace ditto::reenact
