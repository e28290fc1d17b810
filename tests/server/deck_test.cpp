#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pdfs.h"
#include "service_fixture.h"

namespace ditto::server {
namespace {

class DeckService : public ServiceFixture {
  protected:
    Answer upload_deck(const std::string& bytes) const {
        return request(port(), "POST", "/api/presentation/deck", form_header, form("file", bytes));
    }
};

TEST_F(DeckService, ADeckBecomesPicturesThatAreServedAndKept) {
    const std::string pdf = slides::make_pdf({{.lines = {"Rain"}}, {.lines = {"Snow"}}}, "Water");
    const auto deck = upload_deck(pdf).json();
    EXPECT_EQ(deck.at("title"), "Water");
    ASSERT_EQ(deck.at("slides").size(), 2U);
    EXPECT_EQ(deck.at("slides")[1].at("number"), 2);
    EXPECT_EQ(deck.at("slides")[1].at("title"), "Snow");
    const Answer picture = get(deck.at("slides")[1].at("image_url"));
    EXPECT_EQ(picture.status, 200);
    EXPECT_EQ(picture.headers.at("content-type"), "image/png");
    const std::string id = deck.at("deck_id");
    EXPECT_EQ(get("/uploads/deck_" + id + "/deck.json").status, 404);
    EXPECT_EQ(get("/uploads/deck_" + id + "/../deck_" + id + "/deck.json").status, 400);

    const DeckStore after_a_restart(*data_);
    const auto found = after_a_restart.find(id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->title, "Water");
    ASSERT_EQ(found->slides.size(), 2U);
    EXPECT_TRUE(std::filesystem::exists(found->slides[1].picture));
    EXPECT_EQ(found->slides[1].width, 1920);
}

TEST_F(DeckService, ADeckWithoutATitleIsCalledAsItsFile) {
    EXPECT_EQ(upload_deck(slides::make_pdf({{.lines = {"x"}}})).json().at("title"), "a\"b");
}

TEST_F(DeckService, WhatIsNoDeckIsRefusedAndLeavesNothing) {
    for (const std::string& bytes :
         {std::string("text"), std::string("%PDF-1.4 broken"), slides::make_pdf({})}) {
        const Answer answer = upload_deck(bytes);
        EXPECT_EQ(answer.status, 400) << answer.body;
        EXPECT_TRUE(answer.json().at("detail").is_string());
    }
    EXPECT_TRUE(std::filesystem::is_empty(data_->uploads()));
    EXPECT_TRUE(std::filesystem::is_empty(data_->temporary().parent_path()));
    const DeckStore decks(*data_);
    EXPECT_FALSE(decks.find("../uploads"));
    EXPECT_FALSE(decks.find("00000000-0000-4000-8000-000000000000"));
}

}  // namespace
}  // namespace ditto::server
