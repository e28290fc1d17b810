#include "slides/subtitles.h"

#include <cmath>

#include <gtest/gtest.h>

#include "files.h"
#include "sounds.h"

namespace ditto::slides {
namespace {

using Pieces = std::vector<std::string>;

TEST(SplitScript, EndsPiecesAtSentencesOfBothLanguages) {
    EXPECT_EQ(split_script("Hello there.  How are\tyou? Fine"),
              (Pieces{"Hello there.", "How are you?", "Fine"}));
    EXPECT_EQ(split_script("大家好。今天天氣很好！「出去走走？」好；走吧"),
              (Pieces{"大家好。", "今天天氣很好！", "「出去走走？」", "好；", "走吧"}));
    EXPECT_EQ(split_script("It costs 3.5 dollars...\r\n\r\n---\r\nReally?!"),
              (Pieces{"It costs 3.5 dollars...", "Really?!"}));
    EXPECT_TRUE(split_script(" \n。\n--\n").empty());
}

TEST(SplitScript, CutsWhatIsTooWide) {
    EXPECT_EQ(split_script("one two three four, five six seven", 20),
              (Pieces{"one two three four,", "five six seven"}));
    EXPECT_EQ(split_script("一二三四五六七八九十", 8), (Pieces{"一二三四", "五六七八", "九十"}));
    EXPECT_EQ(split_script("abcdefghij", 4), (Pieces{"abcd", "efgh", "ij"}));
}

TEST(IsText, TellsMalformedBytes) {
    EXPECT_TRUE(is_text("abc 中文 \xF0\x9F\x98\x80"));
    EXPECT_FALSE(is_text("\xC0\xAF"));
    EXPECT_FALSE(is_text("\xE4\xB8"));
    EXPECT_FALSE(is_text("\xED\xA0\x80"));
    EXPECT_FALSE(is_text(std::string_view("a\0b", 3)));
}

TEST(TimePieces, MovesBordersIntoNearPauses) {
    // The first piece has 11 of 20 letters; the pause lies after half of the speech.
    const auto cues = time_pieces({"abcdefghijk.", "lmnopqrst."}, {{1, 3}, {4, 6}});
    ASSERT_EQ(cues.size(), 2U);
    EXPECT_DOUBLE_EQ(cues[0].start_s, 1);
    EXPECT_DOUBLE_EQ(cues[0].end_s, 3);
    EXPECT_DOUBLE_EQ(cues[1].start_s, 4);
    EXPECT_DOUBLE_EQ(cues[1].end_s, 6);
}

TEST(TimePieces, GoesByTheTextWhereNoPauseIsNear) {
    const auto cues = time_pieces({"abc", "中"}, {{2, 6}});
    ASSERT_EQ(cues.size(), 2U);
    EXPECT_DOUBLE_EQ(cues[0].end_s, 4);
    EXPECT_DOUBLE_EQ(cues[1].start_s, 4);
    EXPECT_TRUE(time_pieces({}, {{0, 1}}).empty());
    EXPECT_TRUE(time_pieces({"a"}, {}).empty());
}

TEST(TimePieces, KeepsTheOrderWithManyPieces) {
    const Pieces pieces(50, "word");
    const auto cues = time_pieces(pieces, {{0, .5}, {1, 1.3}, {2, 4}, {5, 5.1}});
    ASSERT_EQ(cues.size(), pieces.size());
    double last = 0;
    for (const Cue& cue : cues) {
        EXPECT_GE(cue.start_s, last);
        EXPECT_GT(cue.end_s, cue.start_s);
        last = cue.end_s;
    }
    EXPECT_DOUBLE_EQ(last, 5.1);
}

TEST(SubtitleFiles, AreWrittenAsPlayersReadThem) {
    const std::vector<Cue> cues{{0, 1.5, "a < b & c"}, {3661.0255, 3662, "好"}};
    EXPECT_EQ(to_srt(cues),
              "1\n00:00:00,000 --> 00:00:01,500\na < b & c\n\n"
              "2\n01:01:01,026 --> 01:01:02,000\n好\n\n");
    EXPECT_EQ(to_vtt(cues),
              "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\na &lt; b &amp; c\n\n"
              "01:01:01.026 --> 01:01:02.000\n好\n\n");
}

TEST(FindSpeech, TellsSoundFromPauses) {
    const media::TempFolder folder;
    media::Sound sound = media::tone(4, 16000);
    for (std::size_t i = 0; i < sound.samples.size(); ++i) {
        const double at = static_cast<double>(i) / 16000;
        const bool short_gap = at >= 2.5 && at < 2.6;
        if (at < .5 || (at >= 1.5 && at < 2) || short_gap) sound.samples[i] = 0;
    }
    media::write_wav(folder / "voice.wav", sound);
    const auto spans = find_speech(folder / "voice.wav", {});
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_NEAR(spans[0].start_s, .5, .03);
    EXPECT_NEAR(spans[0].end_s, 1.5, .03);
    EXPECT_NEAR(spans[1].start_s, 2, .03);
    EXPECT_NEAR(spans[1].end_s, 4, .03);
}

}  // namespace
}  // namespace ditto::slides
