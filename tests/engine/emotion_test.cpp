#include "engine/emotion.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/messages.h"

namespace ditto {
namespace {

/// What text() makes of a text; it must not change any more.
std::string rewritten(std::string_view text) {
    const EmotionTimeline timeline = EmotionTimeline::parse(text);
    EXPECT_EQ(EmotionTimeline::parse(timeline.text()), timeline) << text;
    return timeline.text();
}

TEST(EmotionTimeline, OneSpellingForAll) {
    for (const auto& [written, text] :
         {std::pair{"3", "happy"},
          {"contempt", "contempt"},
          {" sad ", "sad"},
          {"surprise+happy", "happy+surprise"},
          {"happy+6", "happy+surprise"},
          {"happy = 0.60 + neutral = .4", "happy=0.6+neutral=0.4"},
          {"happy=1+sad=2", "happy+sad=2"},
          {"happy=0.5", "happy"},
          {"0:happy", "happy"},
          {"0:3=7", "happy"},
          {"0:neutral, 2.5:happy, 6:sad+surprise", "0:neutral,2.5:happy,6:sad+surprise"},
          {"2.50:happy", "0:neutral,2.5:happy"},
          {"0.0:1,86400:2", "0:disgust,86400:fear"}}) {
        EXPECT_EQ(rewritten(written), text) << written;
    }
}

TEST(EmotionTimeline, SectionsAndShares) {
    const EmotionTimeline timeline = EmotionTimeline::parse("1.5:happy=0.6+neutral=0.4,2:fear");
    ASSERT_EQ(timeline.sections().size(), 3U);
    EXPECT_EQ(timeline.sections()[0], EmotionTimeline().sections()[0]);
    EXPECT_EQ(timeline.sections()[1].start_s, 1.5);
    EXPECT_EQ(timeline.sections()[1].shares, (EmotionShares{0, 0, 0, .6, .4, 0, 0, 0}));
    EXPECT_EQ(timeline.sections()[2].shares, (EmotionShares{0, 0, 1, 0, 0, 0, 0, 0}));
    EXPECT_EQ(EmotionTimeline::parse("happy"), Emotion::happy);
    EXPECT_NE(EmotionTimeline::parse("happy"), Emotion::sad);
}

TEST(EmotionTimeline, RefusesWhatMakesNoSense) {
    for (const char* text : {"",
                             " ",
                             "8",
                             "-1",
                             "3.0",
                             "0x3",
                             "cheerful",
                             "Happy",
                             "happy sad",
                             "happy+",
                             "+happy",
                             "happy++sad",
                             "happy+happy",
                             "happy+3",
                             "happy=",
                             "=0.5",
                             "happy=0",
                             "happy=-1",
                             "happy=nan",
                             "happy=101",
                             "happy=1e1",
                             "happy=0.5=0.5",
                             "1:happy,1:sad",
                             "2:sad,1:sad",
                             "x:sad",
                             ":sad",
                             "0:",
                             "0:sad,",
                             ",0:sad",
                             "0:sad,happy",
                             "-1:sad",
                             "-0:sad",
                             "nan:sad",
                             "inf:sad",
                             "1e1:sad",
                             "86401:sad",
                             "1:2:sad",
                             "0:sad;1:happy",
                             "happy\n",
                             "\thappy"}) {
        EXPECT_THROW(EmotionTimeline::parse(text), Error) << text;
    }
}

std::string sections(int count, const std::string& blend) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += (i == 0 ? "" : ",") + std::to_string(i) + ":" + blend;
    return text;
}

TEST(EmotionTimeline, HasABoundedLength) {
    EXPECT_EQ(EmotionTimeline::parse(sections(1000, "3")).sections().size(), 1000U);
    EXPECT_THROW(EmotionTimeline::parse(sections(1001, "3")), Error);
    EXPECT_THROW(EmotionTimeline::parse(std::string(EmotionTimeline::longest_text, '1')), Error);
    EXPECT_THROW(EmotionTimeline::parse(std::string(1 << 24, '+')), Error);
    // Its own spelling of this is too long for itself.
    EXPECT_THROW(EmotionTimeline::parse(sections(900, "0+1+2+6+7")), Error);
}

TEST(EmotionTimeline, ARefusalShowsWhatIsAllowedInBothLanguages) {
    const std::string tail(200, 'x');
    try {
        EmotionTimeline::parse("開心" + std::string(73, '.') + "的臉" + tail);
        FAIL();
    } catch (const Error& error) {
        const std::string english = user_message(error, Language::english);
        EXPECT_NE(english.find("happy=0.6+neutral=0.4"), std::string::npos) << english;
        EXPECT_NE(english.find("a time line (0:neutral,2.5:happy;"), std::string::npos);
        EXPECT_EQ(english.find("xxx"), std::string::npos);
        // Cut between characters.
        EXPECT_NE(english.find("....\"; use"), std::string::npos) << english;
        const std::string chinese = user_message(error, Language::traditional_chinese);
        EXPECT_NE(chinese.find("時間軸(0:neutral,2.5:happy,"), std::string::npos) << chinese;
    }
}

}  // namespace
}  // namespace ditto
