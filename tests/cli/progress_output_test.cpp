#include "cli/progress_output.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/display_width.h"
#include "cli/render_speed.h"

namespace ditto::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const Notice several_faces{NoticeCode::faces_several, {{"count", "3"}}};

/// What stands on the line after all that was drawn over.
std::string last_line(const std::string& text) {
    return text.substr(text.rfind("\x1b[K") + 3);
}

TEST(RenderSpeed, FromFramesAndTime) {
    const RenderSpeed speed = render_speed(50, 200, 25, 1.0);
    EXPECT_DOUBLE_EQ(speed.frames_per_s, 50);
    EXPECT_DOUBLE_EQ(speed.times_real_time, 2);
    EXPECT_DOUBLE_EQ(speed.left_s, 3);
    EXPECT_DOUBLE_EQ(render_speed(200, 200, 25, 4).left_s, 0);
    EXPECT_DOUBLE_EQ(render_speed(0, 200, 25, 4).frames_per_s, 0);
}

TEST(ProgressBar, FitsTheTerminalAndEndsFull) {
    for (const Language language : {Language::english, Language::traditional_chinese}) {
        for (const int columns : {20, 80, 100, 200}) {
            std::ostringstream out;
            ProgressBar bar(out, language, 25, columns);
            bar.stage(Stage::render, 100000);
            bar.advance(100000);
            EXPECT_THAT(last_line(out.str()), HasSubstr("100 %"));
            EXPECT_LT(display_width(last_line(out.str())), columns) << last_line(out.str());
            EXPECT_THAT(last_line(out.str()), Not(HasSubstr("░")));
        }
    }
}

TEST(ProgressBar, NoticesStandAboveTheBarAndNothingOfItStays) {
    std::ostringstream out;
    {
        ProgressBar bar(out, Language::english, 25, 80);
        bar.stage(Stage::find_face, 0);
        bar.notice(several_faces);
    }
    EXPECT_THAT(out.str(), HasSubstr("\r\x1b[KThere are 3 faces; the largest is used.\n"));
    EXPECT_EQ(last_line(out.str()), "");
}

TEST(JsonProgress, OneLineAnEvent) {
    std::ostringstream out;
    JsonProgress progress(out, Language::english, 25);
    progress.stage(Stage::render, 2);
    progress.notice(several_faces);
    progress.advance(2);
    EXPECT_THAT(out.str(), HasSubstr("{\"event\":\"stage\",\"stage\":\"render\",\"total\":2,"
                                     "\"message\":\"Animating\"}\n"));
    EXPECT_THAT(out.str(),
                HasSubstr("{\"event\":\"notice\",\"code\":\"faces_several\",\"message\":\"There "
                          "are 3 faces; the largest is used.\",\"values\":{\"count\":\"3\"}}\n"));
    EXPECT_THAT(out.str(), HasSubstr("\"done\":2,\"total\":2,"));
}

TEST(JsonProgress, ReportsSeldomButTheEndAlways) {
    std::ostringstream out;
    JsonProgress progress(out, Language::english, 25);
    progress.stage(Stage::render, 1000);
    for (int done = 1; done <= 1000; ++done)
        progress.advance(done);
    const std::string text = out.str();
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 10);
    EXPECT_THAT(text, HasSubstr("\"done\":1000,"));
}

}  // namespace
}  // namespace ditto::cli
