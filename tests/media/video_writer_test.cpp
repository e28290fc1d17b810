#include "media/video_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "media/audio_file.h"
#include "media/video_reader.h"
#include "pictures.h"
#include "sounds.h"

namespace ditto::media {
namespace {

constexpr Rect patch_place{33, 17, 40, 30};

Image patch_of(int index) {
    Image patch(patch_place.width, patch_place.height);
    for (int y = 0; y < patch.height(); ++y) {
        for (int x = 0; x < patch.width(); ++x) {
            for (int c = 0; c < 3; ++c) {
                patch.pixel(x, y)[c] = static_cast<std::uint8_t>(60 + 3 * c + x + (index * 5) % 90);
            }
        }
    }
    return patch;
}

void write_frames(VideoWriter& writer, int from, int to) {
    for (int i = from; i < to; ++i)
        writer.write({i, patch_of(i), patch_place.x, patch_place.y});
}

void write_video(const std::filesystem::path& path, const Image& photo, int frames,
                 const VideoOptions& options) {
    VideoWriter writer(photo, path, options);
    write_frames(writer, 0, frames);
    writer.finish();
}

TEST(VideoWriter, WritesEveryFrameAtItsTimeInTheRightColours) {
    const TempFolder folder;
    const Image photo = colours(160, 120);
    write_video(folder / "a.mp4", photo, 60, {});
    EXPECT_EQ(folder.names(), std::vector<std::string>{"a.mp4"});
    VideoFile video(folder / "a.mp4");
    EXPECT_EQ(video.info().width, 160);
    EXPECT_EQ(video.info().height, 120);
    EXPECT_DOUBLE_EQ(video.info().fps, 25);
    EXPECT_EQ(video.info().frame_count, 60);
    EXPECT_DOUBLE_EQ(video.info().picture.start_s, 0);
    EXPECT_DOUBLE_EQ(video.info().picture.duration_s, 2.4);
    EXPECT_FALSE(video.info().sound);
    int count = 0;
    while (const auto frame = video.read()) {
        EXPECT_NEAR(frame->time_s, count / 25., 1e-6);
        Image expected = photo;
        paste(patch_of(count), patch_place.x, patch_place.y, expected);
        EXPECT_LT(difference(frame->image, expected), 1.5) << count;
        ++count;
    }
    EXPECT_EQ(count, 60);
}

TEST(VideoWriter, ShowsThePhotoAgainWhereAPatchWentAway) {
    const TempFolder folder;
    const Image photo = colours(160, 120);
    {
        VideoWriter writer(photo, folder / "a.mp4", {});
        writer.write({0, patch_of(40), 3, 5});
        writer.write({1, patch_of(40), 119, 89});
        writer.write({2, {}, 0, 0});
        writer.finish();
    }
    VideoFile video(folder / "a.mp4");
    for (const auto& [x, y] : {std::pair{3, 5}, std::pair{119, 89}}) {
        Image expected = photo;
        paste(patch_of(40), x, y, expected);
        EXPECT_LT(difference(video.read()->image, expected), 2);
    }
    EXPECT_LT(difference(video.read()->image, photo), 1.5);
}

TEST(VideoWriter, LeavesPixelsBesideThePatchAsInAStillVideo) {
    const TempFolder folder;
    const Image photo = colours(320, 240);
    const auto still = [&](const std::filesystem::path& path, bool moving) {
        VideoWriter writer(photo, path, {});
        for (int i = 0; i < 10; ++i) {
            if (moving) {
                writer.write({i, patch_of(i), 32, 16});
            } else {
                writer.write({i, {}, 0, 0});
            }
        }
        writer.finish();
    };
    still(folder / "still.mp4", false);
    still(folder / "moving.mp4", true);
    VideoFile a(folder / "still.mp4");
    VideoFile b(folder / "moving.mp4");
    while (const auto frame = a.read()) {
        const Image beside = crop(b.read()->image, {120, 90, 200, 150});
        EXPECT_LT(difference(beside, crop(frame->image, {120, 90, 200, 150})), 1);
    }
}

TEST(VideoWriter, CutsOddPhotosToEvenSizes) {
    const TempFolder folder;
    const Image photo = colours(161, 121);
    {
        VideoWriter writer(photo, folder / "a.mp4", {});
        writer.write({0, patch_of(0), 121, 91});  // reaches the last row and column
        writer.finish();
    }
    VideoFile video(folder / "a.mp4");
    EXPECT_EQ(video.info().width, 160);
    EXPECT_EQ(video.info().height, 120);
    Image expected = photo;
    paste(patch_of(0), 121, 91, expected);
    EXPECT_LT(difference(video.read()->image, crop(expected, {0, 0, 160, 120})), 2);
}

TEST(VideoWriter, SoundAndPicturesEndWithinAFrame) {
    const TempFolder folder;
    const Image photo = colours(64, 64);
    for (const auto& [rate, channels, seconds, fps] :
         {std::tuple{8000, 1, 1.03, 25.}, std::tuple{16000, 1, 2.01, 25.},
          std::tuple{44100, 2, 1.5, 30.}, std::tuple{48000, 1, .13, 25.},
          std::tuple{192000, 6, 1.23, 29.97}}) {
        write_wav(folder / "a.wav", tone(seconds, rate, channels));
        const int frames = static_cast<int>(std::ceil(seconds * fps - 1e-9));
        VideoWriter writer(photo, folder / "a.mp4", {.fps = fps, .voice = folder / "a.wav"});
        for (int i = 0; i < frames; ++i)
            writer.write({i, {}, 0, 0});
        writer.finish();
        const VideoInfo info = VideoFile(folder / "a.mp4").info();
        ASSERT_TRUE(info.sound);
        EXPECT_NEAR(info.fps, fps, 1e-3);
        EXPECT_NEAR(info.sound->start_s, info.picture.start_s, 1e-6);
        EXPECT_NEAR(info.sound->duration_s, seconds, .0015) << rate;
        EXPECT_LT(std::abs(info.sound->end_s() - info.picture.end_s()), 1 / fps) << rate;
    }
}

TEST(VideoWriter, StopsTheSoundWithThePictures) {
    const TempFolder folder;
    write_wav(folder / "a.wav", tone(3, 44100));
    VideoWriter writer(colours(64, 64), folder / "a.mp4", {.voice = folder / "a.wav"});
    for (int i = 0; i < 30; ++i)
        writer.write({i, {}, 0, 0});
    writer.finish();
    const VideoInfo info = VideoFile(folder / "a.mp4").info();
    EXPECT_NEAR(info.sound->duration_s, 1.2, .001);
}

TEST(VideoWriter, KeepsTheTimeOfTheSound) {
    const TempFolder folder;
    for (const int rate : {16000, 44100, 96000}) {
        const std::vector<std::int64_t> places{rate / 2, rate, rate * 3 / 2};
        write_wav(folder / "a.wav", clicks(2, rate, places));
        VideoWriter writer(colours(64, 64), folder / "a.mp4", {.voice = folder / "a.wav"});
        for (int i = 0; i < 50; ++i)
            writer.write({i, {}, 0, 0});
        writer.finish();
        AudioFile sound(folder / "a.mp4");
        std::vector<float> samples(34000);
        samples.resize(sound.read(samples));
        for (int i = 0; i < 3; ++i) {
            const auto from = samples.begin() + 4000 + 8000 * i;
            const auto loudest = std::max_element(from, from + 8000);
            EXPECT_NEAR(static_cast<double>(loudest - samples.begin()), 8000. * (i + 1), 8) << rate;
        }
    }
}

TEST(VideoWriter, PutsTheIndexInFront) {
    const TempFolder folder;
    write_video(folder / "a.mp4", colours(160, 120), 30, {});
    const FileContent content = read_content(folder / "a.mp4");
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    ASSERT_NE(text.find("moov"), std::string_view::npos);
    EXPECT_LT(text.find("moov"), text.find("mdat"));
}

TEST(VideoWriter, WritesTheSameBytesAgain) {
    const TempFolder folder;
    const Image photo = colours(640, 480);
    write_wav(folder / "a.wav", tone(2, 44100, 2));
    for (const char* name : {"a.mp4", "b.mp4"}) {
        write_video(folder / name, photo, 50, {.voice = folder / "a.wav"});
    }
    EXPECT_EQ(read_content(folder / "a.mp4"), read_content(folder / "b.mp4"));
}

TEST(VideoWriter, LeavesNothingBehindUnlessFinished) {
    const TempFolder folder;
    {
        VideoWriter writer(colours(160, 120), folder / "a.mp4", {});
        write_frames(writer, 0, 40);
        ASSERT_EQ(folder.names().size(), 1U);
        EXPECT_EQ(folder.names()[0].find(".a.mp4.part-"), 0U);
    }
    EXPECT_TRUE(folder.names().empty());
    EXPECT_EQ(code_of([&] {
                  VideoWriter writer(colours(160, 120), folder / "a.mp4",
                                     {.voice = folder / "none.wav"});
              }),
              ErrorCode::audio_missing);
    EXPECT_TRUE(folder.names().empty());
}

TEST(VideoWriter, KeepsTheFormerVideoUntilTheNewOneIsComplete) {
    const TempFolder folder;
    write_content(folder / "a.mp4", FileContent(10, std::byte{1}));
    {
        VideoWriter writer(colours(160, 120), folder / "a.mp4", {});
        write_frames(writer, 0, 3);
    }
    EXPECT_EQ(read_content(folder / "a.mp4").size(), 10U);
    write_video(folder / "a.mp4", colours(160, 120), 3, {});
    EXPECT_EQ(VideoFile(folder / "a.mp4").info().frame_count, 3);
}

TEST(VideoWriter, SaysThatTheFolderIsMissing) {
    const TempFolder folder;
    const auto open = [](const std::filesystem::path& path) {
        VideoWriter writer(colours(64, 64), path, {});
    };
    EXPECT_EQ(code_of([&] { open(folder / "none" / "a.mp4"); }), ErrorCode::output_folder);
    EXPECT_EQ(code_of([&] { open(folder.path()); }), ErrorCode::output_write);
    EXPECT_EQ(code_of([&] { open("/dev/null"); }), ErrorCode::output_write);
}

TEST(VideoWriter, TakesLongNames) {
    const TempFolder folder;
    const std::string name = std::string(246, 'x') + ".mp4";
    write_video(folder / name, colours(160, 120), 1, {});
    EXPECT_EQ(folder.names(), std::vector<std::string>{name});
}

/// Runs `action` in a process of its own; its exit status.
int in_child(const std::function<int()>& action) {
    const pid_t child = fork();
    if (child == 0) _exit(action());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// 0 when writing a video of noise into `folder` fails with `expected` and leaves nothing.
int try_to_fill(const std::filesystem::path& folder, ErrorCode expected) {
    Image noise(640, 480);
    std::uint32_t state = 1;
    for (int y = 0; y < noise.height(); ++y) {
        for (int i = 0; i < noise.width() * 3; ++i) {
            state = state * 1664525U + 1013904223U;
            noise.row(y)[i] = static_cast<std::uint8_t>(state >> 24);
        }
    }
    try {
        VideoWriter writer(noise, folder / "a.mp4", {});
        for (int i = 0; i < 100; ++i)
            writer.write({i, {}, 0, 0});
        writer.finish();
        return 1;
    } catch (const Error& error) {
        if (error.code() != expected) return 2;
    }
    return std::filesystem::is_empty(folder) ? 0 : 3;
}

TEST(VideoWriter, SaysThatTheFileCannotGrow) {
    const TempFolder folder;
    EXPECT_EQ(in_child([&] {
                  signal(SIGXFSZ, SIG_IGN);
                  const rlimit limit{100'000, 100'000};
                  setrlimit(RLIMIT_FSIZE, &limit);
                  return try_to_fill(folder.path(), ErrorCode::output_write);
              }),
              0);
}

TEST(VideoWriter, SaysThatTheDiskIsFull) {
    const TempFolder folder;
    constexpr int no_mount = 77;
    const int status = in_child([&] {
        if (mount("none", folder.path().c_str(), "tmpfs", 0, "size=100k") != 0) return no_mount;
        const int result = try_to_fill(folder.path(), ErrorCode::output_full);
        umount2(folder.path().c_str(), MNT_DETACH);
        return result;
    });
    if (status == no_mount) GTEST_SKIP() << "needs the right to mount a small disk";
    EXPECT_EQ(status, 0);
}

TEST(VideoFile, RefusesWhatIsNoVideo) {
    const TempFolder folder;
    EXPECT_EQ(code_of([&] { VideoFile(folder / "none.mp4"); }), ErrorCode::video_unreadable);
    write_wav(folder / "a.wav", tone(1, 8000));
    EXPECT_EQ(code_of([&] { VideoFile(folder / "a.wav"); }), ErrorCode::video_unreadable);
}

}  // namespace
}  // namespace ditto::media
