#include <algorithm>
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

#include "files.h"
#include "inputs.h"
#include "media/video_reader.h"
#include "media/video_writer.h"
#include "program.h"
#include "sounds.h"

namespace ditto::cli {
namespace {

const std::string phones = DITTO_SOURCE_DIR "/assets/demo_voice.phones.tsv";

/// The same frames with another sound.
void with_sound(const std::filesystem::path& video, const std::filesystem::path& sound,
                const std::filesystem::path& output) {
    media::VideoFile file(video);
    auto frame = file.read();
    media::VideoWriter writer(frame->image, output, {file.info().fps, sound});
    for (std::int64_t i = 0; frame; ++i, frame = file.read())
        writer.write({i, std::move(frame->image), 0, 0});
    writer.finish();
}

/// The demo voice after so much silence.
void write_delayed_voice(const std::filesystem::path& path, double delay_s) {
    const auto file = media::read_content(DITTO_SOURCE_DIR "/assets/demo_voice.wav");
    std::vector<std::int16_t> recorded((file.size() - 44) / 2);
    std::memcpy(recorded.data(), file.data() + 44, recorded.size() * 2);
    media::Sound sound{24000, 1, {}};
    sound.samples.resize(static_cast<std::size_t>(delay_s * sound.sample_rate_hz));
    for (const std::int16_t sample : recorded)
        sound.samples.push_back(static_cast<float>(sample) / 32768.0F);
    media::write_wav(path, sound);
}

double number_of(const std::string& json, const std::string& key) {
    const std::size_t at = json.find("\"" + key + "\":");
    EXPECT_NE(at, std::string::npos) << key << " in " << json;
    return at == std::string::npos ? 0 : std::atof(json.c_str() + at + key.size() + 3);
}

TEST(JudgeCommand, MeasuresTheDemoAndASoundThatComesFiveFramesLater) {
    const media::TempFolder folder;
    const std::string video = folder / "demo.mp4";
    const Outcome made = run(generate_arguments(
        portrait(), DITTO_SOURCE_DIR "/assets/demo_voice.wav", video, {"--engine", "mesh"}));
    ASSERT_EQ(made.status, 0) << made.err;
    const Outcome right =
        run({"judge", video, "--phones", phones, "--json", "--signals", folder / "signals.tsv"});
    ASSERT_EQ(right.status, 0) << right.err;
    const double offset_s = number_of(right.out, "av_offset_s");
    EXPECT_NEAR(offset_s, 0, .04) << right.out;
    EXPECT_LE(number_of(right.out, "pause_lip_gap_mad"), .03) << right.out;

    std::ifstream signals(folder / "signals.tsv");
    int lines = 0;
    for (std::string line; std::getline(signals, line); ++lines)
        EXPECT_EQ(std::ranges::count(line, '\t'), 8) << line;
    EXPECT_EQ(lines, 1 + static_cast<int>(number_of(right.out, "frames")));

    constexpr double five_frames_s = .2;
    write_delayed_voice(folder / "later.wav", five_frames_s);
    with_sound(video, folder / "later.wav", folder / "later.mp4");
    const Outcome later = run({"judge", folder / "later.mp4", "--phones", phones, "--json"});
    EXPECT_NEAR(number_of(later.out, "av_offset_s") - offset_s, five_frames_s, .025) << later.out;
    const Outcome heard = run({"judge", folder / "later.mp4", "--json"});
    EXPECT_NEAR(number_of(heard.out, "av_offset_s"), five_frames_s, .05) << heard.out;
}

TEST(JudgeCommand, SaysWhatIsWrong) {
    const Outcome none = run({"judge"});
    EXPECT_EQ(none.status, 2);
    EXPECT_NE(none.err.find("VIDEO"), std::string::npos) << none.err;
    EXPECT_EQ(run({"judge", portrait(), "--phones", "/nowhere.tsv"}).status, 2);
    EXPECT_EQ(run({"judge", "/nowhere.mp4"}).status, 5);
    EXPECT_EQ(run({"judge", "--phnes", "x"}).status, 2);
}

}  // namespace
}  // namespace ditto::cli
