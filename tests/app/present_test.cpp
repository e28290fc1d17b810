#include "app/present.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine_double.h"
#include "files.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/video_reader.h"
#include "sounds.h"

namespace ditto {
namespace {

using testing::ElementsAre;

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

class Present : public testing::Test {
  protected:
    Present() {
        media::save_png(Image(64, 48), folder_ / "photo.png");
        media::save_png(Image(320, 180), folder_ / "slide.png");
        media::write_wav(folder_ / "voice.wav", media::tone(1.01, 16000));
        look_.photo = folder_ / "photo.png";
        look_.width = 320;
        look_.height = 180;
        engines_.engine->on_register = [this](const std::stop_token&) { ++registered_; };
    }

    SlideRenderer renderer() { return {engines_, look_, progress_, {}}; }
    double render(SlideRenderer& slides, const std::string& audio, const std::string& segment) {
        SlideTask task{folder_ / "slide.png", {}};
        if (!audio.empty()) task.audio = folder_ / audio;
        return slides.render(task, folder_ / segment, {}, progress_, {});
    }

    media::TempFolder folder_;
    EnginesDouble engines_;
    PresentationLook look_;
    NoProgress progress_;
    int registered_ = 0;
};

TEST_F(Present, MakesOneVideoOfItsSlides) {
    SlideRenderer slides = renderer();
    // 1.01 s and half a second of pause: 38 frames. Silence: five seconds.
    EXPECT_NEAR(render(slides, "voice.wav", "1.mp4"), 1.52, 1e-9);
    EXPECT_NEAR(render(slides, "", "2.mp4"), 5, 1e-9);
    EXPECT_NEAR(render(slides, "voice.wav", "3.mp4"), 1.52, 1e-9);
    EXPECT_EQ(registered_, 1);
    EXPECT_EQ(slides.engine_name(), "double");
    const std::vector<SlidePart> parts{
        {folder_ / "1.mp4", folder_ / "voice.wav", "Hello\nthere", "One. Two."},
        {folder_ / "2.mp4", {}, "", "Nobody says this."},
        {folder_ / "3.mp4", folder_ / "voice.wav", "End", "Three."}};
    const JoinedVideo video = join_slides(parts, folder_ / "talk.mp4", true, progress_, {});
    EXPECT_NEAR(video.duration_s, 8.04, 1e-9);
    ASSERT_EQ(video.chapters.size(), 3U);
    EXPECT_EQ(video.chapters[0].title, "Hello there");
    EXPECT_EQ(video.chapters[1].title, "2");
    EXPECT_NEAR(video.chapters[2].start_s, 6.52, 1e-9);
    EXPECT_EQ(text_of(folder_ / "talk.srt"),
              "1\n00:00:00,000 --> 00:00:00,510\nOne.\n\n"
              "2\n00:00:00,510 --> 00:00:01,020\nTwo.\n\n"
              "3\n00:00:06,520 --> 00:00:07,540\nThree.\n\n");
    EXPECT_EQ(text_of(folder_ / "talk.vtt").substr(0, 8), "WEBVTT\n\n");
    media::VideoFile file(folder_ / "talk.mp4");
    EXPECT_EQ(file.info().width, 320);
    EXPECT_EQ(file.info().frame_count, 38 + 125 + 38);
    EXPECT_NEAR(media::probe_audio(folder_ / "talk.mp4").duration_s, 8.04, .05);
}

TEST_F(Present, WritesNoSubtitlesWithoutScriptsOrWish) {
    SlideRenderer slides = renderer();
    render(slides, "voice.wav", "1.mp4");
    SlidePart part{folder_ / "1.mp4", folder_ / "voice.wav", "", ""};
    join_slides({part}, folder_ / "a.mp4", true, progress_, {});
    part.script = "One.";
    join_slides({part}, folder_ / "b.mp4", false, progress_, {});
    EXPECT_THAT(folder_.names(),
                ElementsAre("1.mp4", "a.mp4", "b.mp4", "photo.png", "slide.png", "voice.wav"));
}

TEST_F(Present, NeedsNoPhotoWhereThePresenterIsHidden) {
    look_.photo.clear();
    look_.placement.mode = slides::Placement::Mode::hidden;
    engines_.on_load = [] { FAIL(); };
    SlideRenderer slides = renderer();
    EXPECT_NEAR(render(slides, "voice.wav", "1.mp4"), 1.52, 1e-9);
    EXPECT_EQ(slides.engine_name(), "none");
}

TEST_F(Present, TellsWhichSlideCannotBeRead) {
    SlideRenderer slides = renderer();
    std::ofstream(folder_ / "slide.png") << "no picture";
    EXPECT_EQ(media::code_of([&] { render(slides, "", "1.mp4"); }), ErrorCode::slide_picture);
    EXPECT_EQ(media::code_of([&] { render(slides, "none.wav", "1.mp4"); }),
              ErrorCode::audio_missing);
    EXPECT_THAT(folder_.names(), ElementsAre("photo.png", "slide.png", "voice.wav"));
}

TEST_F(Present, LeavesNothingOfASlideThatWasCancelled) {
    SlideRenderer slides = renderer();
    std::stop_source stop;
    engines_.engine->before_frame = [&](std::int64_t index) {
        if (index == 7) stop.request_stop();
    };
    EXPECT_EQ(media::code_of([&] {
                  slides.render({folder_ / "slide.png", folder_ / "voice.wav"}, folder_ / "1.mp4",
                                folder_ / "latest.jpg", progress_, stop.get_token());
              }),
              ErrorCode::cancelled);
    EXPECT_THAT(folder_.names(), ElementsAre("latest.jpg", "photo.png", "slide.png", "voice.wav"));
}

}  // namespace
}  // namespace ditto
