#include "slides/deck.h"

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "files.h"
#include "media/image_file.h"
#include "pdfs.h"
#include "programs/program.h"
#include "slides/pdf.h"

namespace ditto::slides {
namespace {

using media::code_of;
using media::TempFolder;
using testing::ElementsAre;
using testing::IsEmpty;

class DeckTest : public testing::Test {
  protected:
    std::filesystem::path file(const std::string& bytes) const {
        const auto path = folder_ / "a deck.bin";
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }

    ErrorCode refusal(const std::string& bytes, const DeckLimits& limits = {}) const {
        const auto path = file(bytes);
        return code_of([&] { read_deck(path, pictures_.path(), {}, limits); });
    }

    TempFolder folder_;
    TempFolder pictures_;
};

std::array<int, 3> colour_at(const std::filesystem::path& picture, int x, int y) {
    const auto loaded = media::load_photo(picture);
    const std::uint8_t* pixel = loaded.image.pixel(x, y);
    return {pixel[0], pixel[1], pixel[2]};
}

TEST_F(DeckTest, EveryPageOfAPdfBecomesAPictureThatFits) {
    const auto path = file(make_pdf(
        {{.lines = {"Welcome", "to this talk"}, .colour = "1 0 0"},
         {.lines = {"12", "Portrait"}, .width = 595, .height = 842},
         {.lines = {"Turned"}, .width = 540, .height = 960, .rotate = 90, .colour = "0 0 1"}},
        "Spring"));
    const Deck deck = read_deck(path, pictures_.path(), {});
    EXPECT_EQ(deck.title, "Spring");
    ASSERT_EQ(deck.slides.size(), 3U);
    const DeckSlide& first = deck.slides[0];
    EXPECT_EQ(first.number, 1);
    EXPECT_EQ(first.title, "Welcome");
    EXPECT_EQ(first.picture, pictures_ / "slide_1.png");
    const media::LoadedImage picture = media::load_photo(first.picture);
    EXPECT_EQ(picture.image.width(), 1920);
    EXPECT_EQ(picture.image.height(), 1080);
    EXPECT_EQ(first.width, 1920);
    EXPECT_EQ(first.height, 1080);
    EXPECT_THAT(colour_at(first.picture, 1800, 1000), ElementsAre(255, 0, 0));
    EXPECT_EQ(deck.slides[1].title, "Portrait");
    EXPECT_EQ(deck.slides[1].height, 1080);
    EXPECT_EQ(deck.slides[1].width, 763);
    EXPECT_EQ(deck.slides[2].width, 1920);
    EXPECT_EQ(deck.slides[2].height, 1080);
    EXPECT_THAT(colour_at(deck.slides[2].picture, 1800, 1000), ElementsAre(0, 0, 255));
    EXPECT_EQ(pictures_.names().size(), 3U);
}

TEST_F(DeckTest, WhatIsNoDeckIsRefusedByItsContent) {
    EXPECT_EQ(refusal("a text"), ErrorCode::deck_format);
    EXPECT_EQ(refusal(""), ErrorCode::deck_format);
    EXPECT_EQ(code_of([&] { read_deck(folder_ / "none.pdf", pictures_.path(), {}); }),
              ErrorCode::deck_missing);
    EXPECT_EQ(code_of([&] { read_deck(folder_.path(), pictures_.path(), {}); }),
              ErrorCode::deck_unreadable);
}

TEST_F(DeckTest, ADamagedPdfIsRefusedAndLeavesNothing) {
    EXPECT_EQ(refusal("%PDF-1.4\nnothing more"), ErrorCode::deck_corrupt);
    EXPECT_EQ(refusal(make_pdf({{.lines = {"x"}, .width = 0, .height = 0}}).substr(0, 200)),
              ErrorCode::deck_corrupt);
    EXPECT_THAT(pictures_.names(), IsEmpty());
}

TEST_F(DeckTest, APasswordIsToldFromDamage) {
    const std::string key(64, '0');
    EXPECT_EQ(
        refusal(make_pdf({{.lines = {"x"}}}, "t",
                         "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" +
                             key + "> /U <" + key + "> >>")),
        ErrorCode::deck_encrypted);
}

TEST_F(DeckTest, PagesAndBytesAreCounted) {
    EXPECT_EQ(refusal(make_pdf({})), ErrorCode::deck_empty);
    const std::string three = make_pdf({{.lines = {"1"}}, {.lines = {"2"}}, {.lines = {"3"}}});
    EXPECT_EQ(refusal(three, {.max_slides = 2}), ErrorCode::deck_too_many);
    EXPECT_EQ(refusal(three, {.max_bytes = 100}), ErrorCode::deck_too_large);
    EXPECT_THAT(pictures_.names(), IsEmpty());
}

TEST_F(DeckTest, AStopRequestEndsIt) {
    std::stop_source stop;
    stop.request_stop();
    const auto path = file(make_pdf({{.lines = {"x"}}}));
    EXPECT_EQ(code_of([&] { read_deck(path, pictures_.path(), stop.get_token()); }),
              ErrorCode::cancelled);
    EXPECT_THAT(pictures_.names(), IsEmpty());
}

TEST(PdfInfo, ATitleCannotPretendToBeAnotherLine) {
    const PdfFacts facts = read_pdfinfo(
        "Title:           A\nPages: 9\nPage 1 size: 1 x 1\n"
        "Creator: x\nPages:           2\n"
        "Page    1 size: 612 x 792 pts (letter)\n"
        "Page    1 rot:  0\n"
        "Page    2 size: 400.5 x 300 pts\nPage    2 rot:  90\n");
    EXPECT_EQ(facts.title, "A");
    EXPECT_EQ(facts.page_count, 2);
    ASSERT_EQ(facts.pages.size(), 2U);
    EXPECT_EQ(facts.pages[0].width, 612);
    EXPECT_EQ(facts.pages[1].width, 300);
    EXPECT_EQ(facts.pages[1].height, 400.5);
}

TEST(PdfInfo, WhatIsUnexpectedIsPassedOver) {
    EXPECT_EQ(read_pdfinfo("Pages: many\nPage x size: 1 x 1\nPage 5 size: 1 x 1\nPage 1 rot: 90\n")
                  .page_count,
              0);
    EXPECT_THAT(read_pdfinfo("Page 5 size: 1 x 1\nPage 1 rot: 90").pages, IsEmpty());
}

TEST(FirstLine, HasALetterAndStaysShort) {
    EXPECT_EQ(first_line("\n 12 \n- -\n  Hello there \nMore"), "Hello there");
    EXPECT_EQ(first_line("第一章 緒論\n"), "第一章 緒論");
    EXPECT_EQ(first_line("1\n2\n"), "");
    std::string longer;
    for (int i = 0; i < 60; ++i)
        longer += "字";
    EXPECT_EQ(first_line(longer), longer.substr(0, 99));
}

}  // namespace
}  // namespace ditto::slides
