#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "files.h"
#include "inputs.h"
#include "media/image_file.h"
#include "media/video_reader.h"
#include "program.h"

namespace ditto::cli {
namespace {

using Json = nlohmann::json;

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The last line of JSON.
Json last_event(const std::string& err) {
    const std::size_t begin = err.rfind("{\"event\"");
    return begin == std::string::npos ? Json() : Json::parse(err.substr(begin), nullptr, false);
}

class PresentCommand : public testing::Test {
  protected:
    PresentCommand() {
        std::filesystem::create_directory(slides_);
        std::filesystem::create_directory(voices_);
        for (const auto& [name, level] :
             {std::pair{"1.png", 250}, std::pair{"2.png", 20}, std::pair{"10.png", 100}}) {
            Image slide(320, 180);
            std::fill_n(slide.row(0), slide.bytes(), static_cast<std::uint8_t>(level));
            media::save_png(slide, slides_ / name);
        }
        write_voice(voices_ / "slide_1.wav", 1.2);
        write_voice(voices_ / "3.wav", .9);
        std::ofstream(folder_ / "talk.md") << "# 1\n大家好。\n\n# Slide 3\nThe end.\n";
    }

    std::vector<std::string> arguments(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{
            "present", "--slides",     slides_,    "--voices",           voices_,
            "--photo", portrait(),     "--output", folder_ / "talk.mp4", "--engine",
            "mesh",    "--video-size", "480x270",  "--progress",         "json"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    media::TempFolder folder_;
    std::filesystem::path slides_ = folder_ / "slides";
    std::filesystem::path voices_ = folder_ / "voices";
};

TEST_F(PresentCommand, MakesAVideoOfThreeSlides) {
    const Outcome outcome = run(arguments({"--scripts", folder_ / "talk.md"}));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("slides_silent"), std::string::npos);
    const Json done = last_event(outcome.err);
    EXPECT_EQ(done["event"], "done");
    EXPECT_EQ(done["slides"], 3);
    EXPECT_EQ(done["kept"], 0);
    EXPECT_EQ(done["engine"], "mesh");
    // Two voices with their pauses, and a silent slide between them.
    const int first = 43;
    const int last = 35;
    EXPECT_EQ(folder_.names(), (std::vector<std::string>{"slides", "talk.md", "talk.mp4",
                                                         "talk.srt", "talk.vtt", "voices"}));
    const std::string subtitles = text_of(folder_ / "talk.srt");
    EXPECT_NE(subtitles.find("大家好。"), std::string::npos);
    EXPECT_NE(subtitles.find("The end."), std::string::npos);
    // After the first slide and the silent one: 6.72 s, and what the recording begins with.
    EXPECT_NE(subtitles.find("2\n00:00:07,"), std::string::npos) << subtitles;
    media::VideoFile video(folder_ / "talk.mp4");
    EXPECT_EQ(video.info().width, 480);
    EXPECT_EQ(video.info().height, 270);
    EXPECT_EQ(video.info().frame_count, first + 125 + last);
    ASSERT_TRUE(video.info().sound);
    EXPECT_NEAR(video.info().sound->end_s(), (first + 125 + last) / 25., .05);
    // Slide 10.png is the third; the presenter stands in the corner below on the right.
    int index = 0;
    while (const auto frame = video.read()) {
        const int level = *frame->image.pixel(50, 50);
        const int expected = index < first ? 250 : index < first + 125 ? 20 : 100;
        EXPECT_NEAR(level, expected, 3) << index;
        EXPECT_GT(std::abs(*frame->image.pixel(400, 190) - expected), 8) << index;
        ++index;
    }
}

TEST_F(PresentCommand, GoesOnWhereItWasStopped) {
    const std::vector<std::string> hidden_work = arguments({"--placement", "split"});
    {
        Program program(hidden_work);
        const auto made = [&] {
            std::error_code ignored;
            for (const auto& entry :
                 std::filesystem::directory_iterator(folder_ / ".talk.mp4.slides", ignored)) {
                if (entry.path().extension() == ".mp4" &&
                    entry.path().filename().string().starts_with("slide_")) {
                    return true;
                }
            }
            return false;
        };
        for (int i = 0; i < 3000 && !made(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ASSERT_TRUE(made());
        program.signal(SIGINT);
        EXPECT_EQ(program.finish().status, 130);
    }
    EXPECT_FALSE(std::filesystem::exists(folder_ / "talk.mp4"));
    const Outcome again = run(hidden_work);
    ASSERT_EQ(again.status, 0) << again.err;
    EXPECT_GE(last_event(again.err)["kept"], 1);
    EXPECT_EQ(folder_.names(),
              (std::vector<std::string>{"slides", "talk.md", "talk.mp4", "voices"}));
}

TEST_F(PresentCommand, SaysWhatIsMissingBeforeItBegins) {
    const auto refusal = [&](const std::vector<std::string>& all) {
        const Outcome outcome = run(all);
        return std::pair{outcome.status, last_event(outcome.err).value("code", "")};
    };
    std::ofstream(folder_ / "all.md") << "# 1\nOne.\n# 2\nTwo.\n# 3\nThree.\n";
    EXPECT_EQ(refusal(arguments({"--scripts", folder_ / "all.md"})),
              (std::pair{8, std::string("slides_unspoken")}));
    EXPECT_EQ(refusal({"present", "--slides", slides_, "--photo", portrait(), "--output",
                       folder_ / "talk.mp4"}),
              (std::pair{8, std::string("slides_voiceless")}));
    EXPECT_EQ(refusal({"present", "--photo", portrait(), "--output", folder_ / "talk.mp4"}),
              (std::pair{2, std::string("option_missing")}));
    EXPECT_EQ(refusal(arguments({"--placement", "left"})),
              (std::pair{2, std::string("option_value")}));
    EXPECT_EQ(refusal(arguments({"--size", "0.9"})), (std::pair{2, std::string("option_value")}));
    EXPECT_EQ(refusal(arguments({"--video-size", "481x270"})),
              (std::pair{2, std::string("option_value")}));
    EXPECT_EQ(refusal(arguments({"--output", folder_ / "talk.mov"})),
              (std::pair{2, std::string("output_name")}));
    EXPECT_EQ(refusal(arguments({"--photo", folder_ / "talk.md"})),
              (std::pair{3, std::string("photo_format")}));
    std::ofstream(voices_ / "slide_2.wav") << "no sound";
    EXPECT_EQ(refusal(arguments()), (std::pair{4, std::string("audio_format")}));
    EXPECT_EQ(folder_.names(), (std::vector<std::string>{"all.md", "slides", "talk.md", "voices"}));
}

TEST_F(PresentCommand, CutsThePresenterOut) {
    std::filesystem::remove(slides_ / "2.png");
    std::filesystem::remove(slides_ / "10.png");
    std::filesystem::remove(voices_ / "3.wav");
    const Outcome outcome = run(
        arguments({"--background", "removed", "--shape", "rectangle", "--video-size", "slides"}));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    media::VideoFile video(folder_ / "talk.mp4");
    EXPECT_EQ(video.info().width, 1920);
    EXPECT_EQ(video.info().height, 1080);
    const Image frame = video.read()->image;
    // Beside the head the slide shows through, in the middle of the box the presenter does.
    EXPECT_NEAR(*frame.pixel(1900, 560), 250, 4);
    EXPECT_LT(*frame.pixel(1650, 900), 240);
}

}  // namespace
}  // namespace ditto::cli
