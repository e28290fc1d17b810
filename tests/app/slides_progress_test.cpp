#include "app/slides_progress.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ditto {
namespace {

/// What was told, e.g. "render 100, 10, 20".
class Told final : public Progress {
  public:
    std::string text;
    std::int64_t last = 0;
    void stage(Stage stage, std::int64_t total) override {
        text += std::string(stage_name(stage)) + " " + std::to_string(total) + ", ";
    }
    void advance(std::int64_t done) override {
        EXPECT_GE(done, last);
        last = done;
        text += std::to_string(done) + ", ";
    }
    void notice(const Notice&) override { text += "notice, "; }
};

TEST(SlidesProgress, CountsTheFramesOfAllSlides) {
    Told told;
    SlidesProgress progress(told, 25);
    progress.stage(Stage::prepare, 0);
    progress.notice({NoticeCode::mouth_open});
    progress.begin_slide(2, 2);
    progress.stage(Stage::render, 50);
    progress.advance(25);
    progress.end_slide(2);
    progress.begin_slide(2, 0);
    progress.stage(Stage::render, 50);
    progress.advance(50);
    progress.end_slide(2);
    progress.stage(Stage::finish, 0);
    EXPECT_EQ(told.text, "prepare 0, notice, render 100, 25, 50, 100, 100, finish 0, ");
}

TEST(SlidesProgress, NeverGoesBackWhenASlideFailsOrIsLonger) {
    Told told;
    SlidesProgress progress(told, 25);
    progress.begin_slide(1, 3);
    progress.stage(Stage::render, 25);
    progress.advance(20);
    // Failed: three seconds are left of three.
    progress.end_slide(0);
    progress.begin_slide(1, 2);
    // Twice as long as it was expected to be.
    progress.stage(Stage::render, 50);
    progress.advance(50);
    progress.end_slide(2);
    EXPECT_EQ(told.last, 50);
    // A slide that waits again makes the whole longer.
    progress.begin_slide(1, 3);
    progress.advance(1);
    EXPECT_EQ(told.last, 50);
}

TEST(SlidesProgress, SlidesThatWereMadeBeforeCount) {
    Told told;
    SlidesProgress progress(told, 25);
    progress.begin_slide(1, 3);
    progress.end_slide(1);
    EXPECT_EQ(told.text, "") << "nothing is rendered yet";
    progress.begin_slide(2, 1);
    progress.stage(Stage::render, 50);
    progress.advance(25);
    progress.end_slide(2);
    progress.begin_slide(1, 0);
    progress.end_slide(1);
    EXPECT_EQ(told.text, "render 100, 50, 75, 100, ");
}

TEST(SlidesProgress, SlidesWithoutLengthSayNothing) {
    Told told;
    SlidesProgress progress(told, 25);
    progress.begin_slide(0, 0);
    progress.stage(Stage::render, 0);
    progress.advance(5);
    progress.end_slide(0);
    EXPECT_EQ(told.text, "render 1, ");
}

}  // namespace
}  // namespace ditto
