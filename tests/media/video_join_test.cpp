#include "media/video_join.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

extern "C" {
#include <libavformat/avformat.h>
}

#include <gtest/gtest.h>

#include "files.h"
#include "media/audio_file.h"
#include "media/video_reader.h"
#include "media/video_writer.h"
#include "pictures.h"
#include "sounds.h"

namespace ditto::media {
namespace {

Image grey(int level) {
    Image image(96, 64);
    for (int y = 0; y < image.height(); ++y)
        std::fill_n(image.row(y), image.width() * 3, static_cast<std::uint8_t>(level));
    return image;
}

void write_part(const std::filesystem::path& path, const Image& photo, int frames,
                double fps = 25) {
    VideoWriter writer(photo, path, {fps, {}});
    for (int i = 0; i < frames; ++i) {
        // Something moves, so that there are pictures of all kinds.
        Image patch(16, 16);
        std::fill_n(patch.row(0), patch.bytes(), static_cast<std::uint8_t>(i * 40));
        writer.write({i, std::move(patch), (i * 2) % 80, 40});
    }
    writer.finish();
}

struct Mark {
    std::string title;
    double start_s;
    double end_s;
    bool operator==(const Mark&) const = default;
};

std::vector<Mark> chapters_of(const std::filesystem::path& path) {
    AVFormatContext* file = nullptr;
    std::vector<Mark> marks;
    if (avformat_open_input(&file, path.c_str(), nullptr, nullptr) < 0) return marks;
    for (unsigned i = 0; i < file->nb_chapters; ++i) {
        const AVChapter& chapter = *file->chapters[i];
        const AVDictionaryEntry* title = av_dict_get(chapter.metadata, "title", nullptr, 0);
        const double unit = av_q2d(chapter.time_base);
        marks.push_back({title == nullptr ? "" : title->value,
                         static_cast<double>(chapter.start) * unit,
                         static_cast<double>(chapter.end) * unit});
    }
    avformat_close_input(&file);
    return marks;
}

std::vector<float> heard(const std::filesystem::path& path) {
    AudioFile file(path);
    std::vector<float> samples;
    std::vector<float> block(16000);
    while (const std::size_t count = file.read(block))
        samples.insert(samples.end(), block.begin(),
                       block.begin() + static_cast<std::ptrdiff_t>(count));
    return samples;
}

/// Twenty slides whose lengths fit neither frames nor AAC's pieces: nothing drifts.
TEST(VideoJoin, KeepsEachVoiceWithItsPictures) {
    const TempFolder folder;
    constexpr double fps = 29.97;
    const int rates[] = {16000, 44100, 22050, 48000};
    std::vector<JoinPart> parts;
    std::vector<int> frames;
    for (int i = 0; i < 20; ++i) {
        const std::string name = std::to_string(i);
        frames.push_back(17 + 7 * i % 13);
        write_part(folder / (name + ".mp4"), grey(30 + 10 * i), frames.back(), fps);
        parts.push_back({folder / (name + ".mp4"), {}, "Slide " + name});
        if (i % 5 == 3) continue;  // no voice
        const int rate = rates[i % 4];
        const std::int64_t click = rate / 5 + 37 * i;
        write_wav(folder / (name + ".wav"), clicks(.31 + .007 * i, rate, {click}));
        parts.back().voice = folder / (name + ".wav");
    }
    join_videos(parts, folder / "all.mp4", {}, {});

    const std::vector<float> sound = heard(folder / "all.mp4");
    VideoFile video(folder / "all.mp4");
    const std::vector<Mark> marks = chapters_of(folder / "all.mp4");
    ASSERT_EQ(marks.size(), 20U);
    int count = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        const double start_s = count / fps;
        EXPECT_EQ(marks[i].title, "Slide " + std::to_string(i));
        EXPECT_NEAR(marks[i].start_s, start_s, .001);
        for (int f = 0; f < frames[i]; ++f, ++count) {
            const auto frame = video.read();
            ASSERT_TRUE(frame);
            EXPECT_NEAR(frame->time_s, count / fps, 1e-4);
            EXPECT_NEAR(frame->image.pixel(48, 10)[1], 30 + 10 * static_cast<int>(i), 2);
        }
        EXPECT_NEAR(marks[i].end_s, count / fps, .001);
        const auto from = static_cast<std::ptrdiff_t>(start_s * 16000);
        const auto to = std::min(static_cast<std::ptrdiff_t>(count / fps * 16000),
                                 static_cast<std::ptrdiff_t>(sound.size()));
        const auto loudest =
            std::max_element(sound.begin() + from, sound.begin() + to,
                             [](float a, float b) { return std::abs(a) < std::abs(b); });
        if (!parts[i].voice) {
            EXPECT_LT(std::abs(*loudest), .01) << i;
            continue;
        }
        const int rate = rates[i % 4];
        const double at = start_s + (rate / 5 + 37 * static_cast<int>(i)) / double(rate);
        EXPECT_NEAR(static_cast<double>(loudest - sound.begin()), at * 16000, 3) << i;
    }
    EXPECT_FALSE(video.read());
    ASSERT_TRUE(video.info().sound);
    EXPECT_NEAR(video.info().sound->end_s(), count / fps, .03);
    EXPECT_EQ(video.info().frame_count, count);
    double all = 0;
    for (const double length : part_lengths(parts, {}))
        all += length;
    EXPECT_NEAR(all, count / fps, 1e-6);
}

TEST(VideoJoin, CopiesThePicturesAsTheyAre) {
    const TempFolder folder;
    write_part(folder / "a.mp4", colours(96, 64), 12);
    write_part(folder / "b.mp4", grey(90), 9);
    const std::vector<JoinPart> parts{{folder / "a.mp4", {}, "a"}, {folder / "b.mp4", {}, "b"}};
    join_videos(parts, folder / "all.mp4", {}, {});
    VideoFile all(folder / "all.mp4");
    EXPECT_FALSE(all.info().sound);
    for (const char* name : {"a.mp4", "b.mp4"}) {
        VideoFile part(folder / name);
        while (const auto frame = part.read())
            EXPECT_EQ(all.read()->image, frame->image);
    }
}

TEST(VideoJoin, ShowsTextsAndVideoTogetherOrNothing) {
    const TempFolder folder;
    write_part(folder / "a.mp4", grey(90), 9);
    write_wav(folder / "a.wav", tone(.3, 16000));
    const std::vector<JoinPart> parts{{folder / "a.mp4", folder / "a.wav", "a"}};
    const std::vector<TextFile> texts{{folder / "all.srt", "one"}, {folder / "all.vtt", "two"}};
    join_videos(parts, folder / "all.mp4", texts, {});
    EXPECT_EQ(folder.names(),
              (std::vector<std::string>{"a.mp4", "a.wav", "all.mp4", "all.srt", "all.vtt"}));
    std::string text;
    std::ifstream(folder / "all.vtt") >> text;
    EXPECT_EQ(text, "two");

    const TempFolder other;
    const auto outcome = [&](const std::vector<JoinPart>& wrong, const std::stop_token& stop) {
        const ErrorCode code = code_of([&] {
            join_videos(wrong, other / "all.mp4", std::vector<TextFile>{{other / "all.srt", "x"}},
                        stop);
        });
        EXPECT_TRUE(other.names().empty());
        return code;
    };
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(outcome(parts, stop.get_token()), ErrorCode::cancelled);
    EXPECT_EQ(outcome({parts[0], {folder / "none.mp4", {}, ""}}, {}), ErrorCode::video_unreadable);
    EXPECT_EQ(outcome({{folder / "a.wav", {}, ""}}, {}), ErrorCode::video_unreadable);
    EXPECT_EQ(outcome({{folder / "a.mp4", folder / "none.wav", ""}}, {}), ErrorCode::audio_missing);
    write_part(folder / "large.mp4", colours(128, 64), 5);
    EXPECT_EQ(outcome({parts[0], {folder / "large.mp4", {}, ""}}, {}), ErrorCode::video_unreadable);
    write_part(folder / "slow.mp4", grey(90), 5, 24);
    EXPECT_EQ(outcome({parts[0], {folder / "slow.mp4", {}, ""}}, {}), ErrorCode::video_unreadable);
    // A text that cannot be written keeps the video from appearing.
    EXPECT_EQ(code_of([&] {
                  join_videos(parts, other / "all.mp4",
                              std::vector<TextFile>{{other / "none/all.srt", "x"}}, {});
              }),
              ErrorCode::output_folder);
    EXPECT_TRUE(other.names().empty());
}

}  // namespace
}  // namespace ditto::media
