#include "slides/scripts.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"
#include "slides/voices_folder.h"

namespace ditto::slides {
namespace {

using media::code_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Deck deck_of(const std::vector<int>& numbers) {
    Deck deck;
    for (const int number : numbers)
        deck.slides.emplace_back().number = number;
    return deck;
}

const Deck three = deck_of({1, 2, 3});

TEST(Scripts, HeadingsNameTheirSlides) {
    EXPECT_THAT(
        parse_scripts("\xEF\xBB\xBFMy talk\n# 1\nHello.\r\n\n## Slide 3: The end\nGoodbye,\n"
                      "see *you*.\n### more\nBye.\n",
                      three),
        ElementsAre(Pair(1, "Hello."), Pair(3, "Goodbye,\nsee you.\nBye.")));
    EXPECT_THAT(parse_scripts("# 第 2 張\n各位好。\n# 投影片 3:結語\n再見。", three),
                ElementsAre(Pair(2, "各位好。"), Pair(3, "再見。")));
    EXPECT_THAT(parse_scripts("# 3. Rain\nIt rains.\n# 1) Sun\nIt shines.", three),
                ElementsAre(Pair(1, "It shines."), Pair(3, "It rains.")));
}

TEST(Scripts, TheExampleOfTheDescription) {
    EXPECT_THAT(parse_scripts("# 1\nWelcome. Today we follow a drop of **water**.\n\n"
                              "# Slide 3: Rain\n<!-- point at the cloud -->\n"
                              "- Warm air rises,\n- and cools.\n",
                              three),
                ElementsAre(Pair(1, "Welcome. Today we follow a drop of water."),
                            Pair(3, "Warm air rises,\nand cools.")));
    EXPECT_THAT(parse_scripts("# 第 3 張:雨\na\n# 投影片 2\nb\n## 更多\nc", three),
                ElementsAre(Pair(2, "b\nc"), Pair(3, "a")));
}

TEST(Scripts, OtherHeadingsAndDashesFollowTheOrder) {
    EXPECT_THAT(parse_scripts("# Rain\nIt rains.\n# 2024 was warm\n# Sun\nIt shines.", three),
                ElementsAre(Pair(1, "It rains."), Pair(3, "It shines.")));
    EXPECT_THAT(parse_scripts("One.\n---\n\n----\nThree.\n---\n", three),
                ElementsAre(Pair(1, "One."), Pair(3, "Three.")));
    EXPECT_THAT(parse_scripts("All of it.\n\nStill.", deck_of({4})),
                ElementsAre(Pair(4, "All of it.\n\nStill.")));
    EXPECT_THAT(parse_scripts("", three), IsEmpty());
}

TEST(Scripts, MarksAreNotSpoken) {
    EXPECT_THAT(
        parse_scripts("- **Rain** falls\n* on [hills](http://a.b/c)\n> and ![sea](x.png)\n"
                      "<!-- pause\n--- \n# 9 -->1. first\n`code` [a] 5 - 3",
                      three),
        ElementsAre(Pair(1, "Rain falls\non hills\nand sea\n\n\n1. first\ncode [a] 5 - 3")));
    EXPECT_THAT(parse_scripts("Text <!-- never closed", three), ElementsAre(Pair(1, "Text")));
    EXPECT_THAT(parse_scripts("#hashtag [x](", three), ElementsAre(Pair(1, "#hashtag [x](")));
}

TEST(Scripts, ASlideThatIsNotShownIsNamed) {
    try {
        parse_scripts("# 1\na\n# 4\nb", three);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::scripts_slide);
        EXPECT_THAT(error.values(), ElementsAre(Pair("line", "3"), Pair("number", "4")));
    }
    EXPECT_EQ(code_of([] { parse_scripts("# 1\na\n# 1\nb", three); }), ErrorCode::scripts_twice);
    EXPECT_EQ(code_of([] { parse_scripts("a\n---\nb\n---\nc\n---\nd", three); }),
              ErrorCode::scripts_too_many);
    EXPECT_EQ(code_of([] { parse_scripts("# 99999999999999999999\na\n# 2\nb\n# 0\nc", three); }),
              ErrorCode::scripts_slide);
}

TEST(Scripts, TheFileIsTextOfLimitedSize) {
    const media::TempFolder folder;
    std::ofstream(folder / "good.md") << "# 1\nHello";
    std::ofstream(folder / "bad.md") << "\xff\xfe";
    std::ofstream(folder / "large.md") << std::string(largest_scripts + 1, 'a');
    EXPECT_THAT(read_scripts(folder / "good.md", three), ElementsAre(Pair(1, "Hello")));
    EXPECT_EQ(code_of([&] { read_scripts(folder / "bad.md", three); }), ErrorCode::scripts_format);
    EXPECT_EQ(code_of([&] { read_scripts(folder / "large.md", three); }),
              ErrorCode::scripts_format);
    EXPECT_EQ(code_of([&] { read_scripts(folder / "none.md", three); }),
              ErrorCode::scripts_missing);
    EXPECT_EQ(code_of([&] { read_scripts(folder.path(), three); }), ErrorCode::scripts_missing);
}

ErrorCode refusal(const std::vector<std::string>& names) {
    return code_of([&] { place_voices(names, three); });
}

TEST(Voices, ANumberInTheNameTellsTheSlide) {
    EXPECT_THAT(place_voices({"slide_3.wav", "01 intro.mp3"}, three),
                ElementsAre(Pair(1, 1U), Pair(3, 0U)));
    EXPECT_THAT(place_voices({"第2張.m4a", "slide10.wav"}, deck_of({2, 10})),
                ElementsAre(Pair(2, 0U), Pair(10, 1U)));
    EXPECT_THAT(place_voices({"2024-lesson-01.wav", "2024-lesson-03.wav"}, three),
                ElementsAre(Pair(1, 0U), Pair(3, 1U)));
}

TEST(Voices, WithoutNumbersTheirOrderTells) {
    EXPECT_THAT(place_voices({"a.wav", "b.wav"}, three), ElementsAre(Pair(1, 0U), Pair(2, 1U)));
    EXPECT_THAT(place_voices({}, three), IsEmpty());
}

TEST(Voices, WhatFitsNoSlideIsNamed) {
    EXPECT_EQ(refusal({"slide_4.wav"}), ErrorCode::voices_unplaced);
    EXPECT_EQ(refusal({"1.wav", "music.mp3"}), ErrorCode::voices_unplaced);
    EXPECT_EQ(refusal({"99999999999999999999.wav"}), ErrorCode::voices_unplaced);
    EXPECT_EQ(refusal({"a.wav", "b.wav", "c.wav", "d.wav"}), ErrorCode::voices_unplaced);
    EXPECT_EQ(refusal({"1.mp3", "01.wav"}), ErrorCode::voices_twice);
}

TEST(Voices, OnlyRecordingsOfTheFolderCount) {
    const media::TempFolder folder;
    for (const char* name : {"1.WAV", ".2.wav", "3.txt"})
        std::ofstream(folder / name) << "x";
    std::filesystem::create_directory(folder / "3.wav");
    EXPECT_THAT(find_voices(folder.path(), three), ElementsAre(Pair(1, folder / "1.WAV")));
    EXPECT_EQ(code_of([&] { find_voices(folder / "none", three); }), ErrorCode::voices_missing);
}

}  // namespace
}  // namespace ditto::slides
