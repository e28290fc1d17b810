#include "app/source_video.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"
#include "files.h"
#include "media/video_writer.h"

namespace ditto {
namespace {

namespace fs = std::filesystem;

class SourceVideos : public testing::Test {
  protected:
    /// Each frame brighter than the one before.
    fs::path video(double fps, int frames) const {
        const fs::path path = folder_ / "video.mp4";
        media::VideoWriter writer(Image(64, 48), path,
                                  {fps, DITTO_SOURCE_DIR "/assets/demo_voice.wav"});
        for (int i = 0; i < frames; ++i) {
            Image picture(64, 48);
            for (int y = 0; y < 48; ++y)
                std::fill_n(picture.row(y), 3 * 64, static_cast<std::uint8_t>(20 + 4 * i));
            writer.write({i, picture, 0, 0});
        }
        writer.finish();
        return path;
    }
    static int brightness(const Image& picture) { return picture.pixel(20, 20)[1]; }

    media::TempFolder folder_;
};

TEST_F(SourceVideos, Gives25PicturesASecond) {
    for (const double fps : {25., 50., 12.5}) {
        SourceVideo source(video(fps, 40), 0);
        int count = 0;
        while (const auto picture = source.next()) {
            const double frame = (count + .5) / 25 * fps;
            // At 50 the middle is where one frame ends and the next begins.
            EXPECT_NEAR(brightness(*picture), 20 + 4 * std::floor(frame), 5) << fps << ' ' << count;
            ++count;
        }
        EXPECT_NEAR(count, 40 / fps * 25, 1) << fps;
        EXPECT_FALSE(source.next());
    }
}

TEST_F(SourceVideos, AreScaledToEvenSizes) {
    SourceVideo source(video(25, 3), 50);
    const auto picture = source.next();
    ASSERT_TRUE(picture);
    EXPECT_EQ(picture->width(), 50);
    EXPECT_EQ(picture->height(), 36);
}

TEST_F(SourceVideos, AreToldFromPhotos) {
    EXPECT_TRUE(is_video(video(25, 3)));
    EXPECT_FALSE(is_video(DITTO_SOURCE_DIR "/assets/presenter.jpg"));
    EXPECT_FALSE(is_video(DITTO_SOURCE_DIR "/assets/portrait.png"));
    EXPECT_FALSE(is_video(DITTO_SOURCE_DIR "/assets/demo_voice.wav"));
    EXPECT_FALSE(is_video(folder_ / "nowhere"));
    const auto begins = [&](const std::string& head) {
        std::ofstream(folder_ / "head", std::ios::binary) << head << "............";
        return is_video(folder_ / "head");
    };
    EXPECT_TRUE(begins("\x1A\x45\xDF\xA3"));
    EXPECT_TRUE(begins("RIFF1234AVI "));
    EXPECT_FALSE(begins("RIFF1234WEBP"));
    EXPECT_FALSE(begins(std::string("\0\0\0\x1C", 4) + "ftypavif"));
    EXPECT_FALSE(begins(std::string("\0\0\0\x1C", 4) + "ftypheic"));
    EXPECT_TRUE(begins(std::string("\0\0\0\x1C", 4) + "ftypisom"));
}

TEST_F(SourceVideos, RefuseWhatIsDamaged) {
    const fs::path path = video(25, 10);
    fs::resize_file(path, 200);
    EXPECT_THROW(SourceVideo(path, 0), Error);
}

}  // namespace
}  // namespace ditto
