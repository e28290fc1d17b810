#include "slides/pptx.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"
#include "pdfs.h"
#include "pptxs.h"
#include "programs/program.h"
#include "slides/deck.h"

namespace ditto::slides {
namespace {

using media::code_of;
using media::TempFolder;
using testing::IsEmpty;

const std::vector<TestSlide> talk{
    {"Rain &amp; snow", "Welcome.\n各位好。"}, {"Secret", "Not shown", true}, {"Clouds", ""}};

class PptxTest : public testing::Test {
  protected:
    std::filesystem::path file(const std::map<std::string, std::string>& parts) const {
        write_zip(folder_ / "deck", parts);
        return folder_ / "deck";
    }
    ErrorCode refusal(std::map<std::string, std::string> parts) const {
        const auto path = file(parts);
        return code_of([&] { read_pptx(path, 200); });
    }

    TempFolder folder_;
    TempFolder pictures_;
};

TEST_F(PptxTest, TitlesAndNotesComeInTheOrderOfTheTalk) {
    const PptxFacts facts = read_pptx(file(pptx_parts(talk, "Weather")), 3);
    EXPECT_EQ(facts.title, "Weather");
    ASSERT_EQ(facts.slides.size(), 3U);
    EXPECT_EQ(facts.slides[0].title, "Rain & snow");
    EXPECT_EQ(facts.slides[0].notes, "Welcome.\n各位好。");
    EXPECT_FALSE(facts.slides[0].hidden);
    EXPECT_TRUE(facts.slides[1].hidden);
    EXPECT_EQ(facts.slides[2].title, "Clouds");
    EXPECT_EQ(facts.slides[2].notes, "");
}

TEST_F(PptxTest, AnyPrefixOfANamespaceWillDo) {
    auto parts = pptx_parts({{"Rain", "Hello"}});
    for (auto& [name, text] : parts) {
        for (std::size_t at = text.find("p:");
             name.starts_with("ppt/slides/slide") && at != std::string::npos;
             at = text.find("p:", at + 4))
            if (text[at - 1] == '<' || text[at - 1] == '/') text.replace(at, 2, "pres:");
    }
    EXPECT_EQ(read_pptx(file(parts), 3).slides.at(0).title, "Rain");
}

TEST_F(PptxTest, WhatIsBrokenOrTooLargeIsRefused) {
    auto parts = pptx_parts(talk);
    parts["ppt/presentation.xml"] = "<p:presentation";
    EXPECT_EQ(refusal(parts), ErrorCode::deck_corrupt);
    parts = pptx_parts(talk);
    parts.erase("ppt/slides/slide1.xml");
    EXPECT_EQ(refusal(parts), ErrorCode::deck_corrupt);
    parts = pptx_parts(talk);
    parts.erase("ppt/_rels/presentation.xml.rels");
    EXPECT_EQ(refusal(parts), ErrorCode::deck_corrupt);
    // A bomb: few bytes in the archive, many outside.
    parts = pptx_parts(talk);
    parts["ppt/slides/slide1.xml"] = std::string(17'000'000, ' ');
    EXPECT_EQ(refusal(parts), ErrorCode::deck_corrupt);
    EXPECT_LT(std::filesystem::file_size(folder_ / "deck"), 200'000U);
    const auto path = file(pptx_parts(talk));
    EXPECT_EQ(code_of([&] { read_pptx(path, 2); }), ErrorCode::deck_too_many);
    EXPECT_FALSE(is_pptx(file({{"a.txt", "a"}})));
    EXPECT_TRUE(is_pptx(file(pptx_parts(talk))));
}

TEST_F(PptxTest, NotesThatPointOutsideAreNotFollowed) {
    auto parts = pptx_parts({{"Rain", "Hello"}});
    std::string& text = parts["ppt/slides/_rels/slide1.xml.rels"];
    text.replace(text.find("../notesSlides/notesSlide1.xml"), 30, "../../../../etc/passwd");
    EXPECT_EQ(read_pptx(file(parts), 3).slides.at(0).notes, "");
}

TEST_F(PptxTest, APasswordIsToldFromAnotherFormat) {
    std::string bytes("\xD0\xCF\x11\xE0 ...");
    std::ofstream(folder_ / "old.ppt") << bytes;
    for (const char c : std::string("EncryptedPackage"))
        bytes += {c, '\0'};
    std::ofstream(folder_ / "locked.pptx") << bytes;
    const auto refused = [&](const char* name) {
        return code_of([&] { read_deck(folder_ / name, pictures_.path(), {}); });
    };
    EXPECT_EQ(refused("old.ppt"), ErrorCode::deck_format);
    EXPECT_EQ(refused("locked.pptx"), ErrorCode::deck_encrypted);
}

TEST_F(PptxTest, ADeckThatShowsNothingIsEmpty) {
    for (const auto& slides : {std::vector<TestSlide>{}, {{"Secret", "", true}}}) {
        const auto path = file(pptx_parts(slides));
        EXPECT_EQ(code_of([&] { read_deck(path, pictures_.path(), {}); }), ErrorCode::deck_empty);
    }
}

/// In the place of LibreOffice, a program whose PDF has `pages` pages.
class OfficeDouble {
  public:
    explicit OfficeDouble(int pages, const std::string& script = "cp \"${0%/*}/made.pdf\" deck.pdf")
        : path_(std::getenv("PATH")) {
        std::ofstream(folder_ / "made.pdf") << make_pdf(
            std::vector<TestPage>(static_cast<std::size_t>(pages), {.lines = {"Of the PDF"}}));
        std::ofstream(folder_ / "soffice") << "#!/bin/sh\n" + script + '\n';
        std::filesystem::permissions(folder_ / "soffice", std::filesystem::perms::owner_all);
        setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
    }
    ~OfficeDouble() { setenv("PATH", path_.c_str(), 1); }
    OfficeDouble(const OfficeDouble&) = delete;
    OfficeDouble& operator=(const OfficeDouble&) = delete;

  private:
    TempFolder folder_;
    std::string path_;
};

TEST_F(PptxTest, SlidesThatAreShownKeepTheirNumbers) {
    const OfficeDouble office(2);
    const Deck deck = read_deck(file(pptx_parts(talk, "Weather")), pictures_.path(), {});
    EXPECT_EQ(deck.title, "Weather");
    ASSERT_EQ(deck.slides.size(), 2U);
    EXPECT_EQ(deck.slides[0].number, 1);
    EXPECT_EQ(deck.slides[0].notes, "Welcome.\n各位好。");
    EXPECT_EQ(deck.slides[1].number, 3);
    EXPECT_EQ(deck.slides[1].title, "Clouds");
    EXPECT_EQ(deck.slides[1].picture, pictures_ / "slide_3.png");
    auto names = pictures_.names();
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"slide_1.png", "slide_3.png"}));
}

TEST_F(PptxTest, AProgramThatDiesIsNoFaultOfTheDeck) {
    const auto path = file(pptx_parts(talk));
    const auto code = [&] { return code_of([&] { read_deck(path, pictures_.path(), {}); }); };
    {
        const OfficeDouble office(2, "kill -KILL $$");
        EXPECT_EQ(code(), ErrorCode::program_failed);
    }
    const OfficeDouble office(2, "exit 1");
    EXPECT_EQ(code(), ErrorCode::deck_corrupt);
}

TEST_F(PptxTest, PagesThatDoNotFitTheSlidesAreRefused) {
    const OfficeDouble office(3);
    const auto path = file(pptx_parts(talk));
    EXPECT_EQ(code_of([&] { read_deck(path, pictures_.path(), {}); }), ErrorCode::deck_corrupt);
    EXPECT_THAT(pictures_.names(), IsEmpty());
}

// LibreOffice is too large to be installed for tests alone.
TEST_F(PptxTest, LibreOfficeDrawsIt) {
    if (!programs::find_program("soffice")) GTEST_SKIP() << "LibreOffice is not installed";
    const Deck deck = read_deck(file(pptx_parts(talk, "Weather")), pictures_.path(), {});
    ASSERT_EQ(deck.slides.size(), 2U);
    EXPECT_EQ(deck.slides[1].number, 3);
    EXPECT_EQ(deck.slides[0].width, 1920);
    EXPECT_EQ(deck.slides[0].height, 1080);
    EXPECT_TRUE(std::filesystem::exists(deck.slides[1].picture));
}

}  // namespace
}  // namespace ditto::slides
