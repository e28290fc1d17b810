#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "files.h"
#include "program.h"
#include "sounds.h"

namespace ditto::cli {
namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(SubtitlesCommand, TimesAScriptToItsVoice) {
    const media::TempFolder folder;
    // Two sounds of a second each with a second between them.
    media::Sound sound = media::tone(3, 16000);
    for (std::size_t i = 16000; i < 32000; ++i)
        sound.samples[i] = 0;
    media::write_wav(folder / "voice.wav", sound);
    std::ofstream(folder / "talk.txt") << "\xEF\xBB\xBF今天天氣好。明天下雨！\n";
    const auto with_output = [&](const std::string& output) {
        return run({"subtitles", "--script", folder / "talk.txt", "--audio", folder / "voice.wav",
                    "--output", output});
    };
    ASSERT_EQ(with_output(folder / "talk.srt").status, 0);
    EXPECT_EQ(text_of(folder / "talk.srt"),
              "1\n00:00:00,000 --> 00:00:01,000\n今天天氣好。\n\n"
              "2\n00:00:02,000 --> 00:00:03,000\n明天下雨！\n\n");
    ASSERT_EQ(with_output(folder / "talk.vtt").status, 0);
    EXPECT_EQ(text_of(folder / "talk.vtt").substr(0, 25), "WEBVTT\n\n00:00:00.000 --> ");
    EXPECT_EQ(with_output(folder / "talk.txt").status, 2);
    EXPECT_EQ(with_output(folder / "nowhere/talk.srt").status, 5);
    EXPECT_EQ(folder.names().size(), 4U);
}

TEST(SubtitlesCommand, RefusesWhatIsNoScriptOrNoVoice) {
    const media::TempFolder folder;
    media::write_wav(folder / "voice.wav", media::tone(1, 16000));
    media::write_wav(folder / "silent.wav", {16000, 1, std::vector<float>(16000)});
    std::ofstream(folder / "talk.txt") << "Hello.";
    std::ofstream(folder / "empty.txt") << " \n";
    const auto status = [&](const std::string& script, const std::string& voice) {
        return run({"subtitles", "--script", script, "--audio", voice, "--output",
                    folder / "talk.srt"})
            .status;
    };
    EXPECT_EQ(status(folder / "empty.txt", folder / "voice.wav"), 2);
    EXPECT_EQ(status(folder / "voice.wav", folder / "voice.wav"), 2);
    EXPECT_EQ(status(folder / "none.txt", folder / "voice.wav"), 2);
    EXPECT_EQ(status(folder / "talk.txt", folder / "silent.wav"), 4);
    EXPECT_EQ(status(folder / "talk.txt", folder / "none.wav"), 4);
    const Outcome missing = run({"subtitles", "--audio", folder / "voice.wav"});
    EXPECT_EQ(missing.status, 2);
    EXPECT_NE(missing.err.find("--script"), std::string::npos);
    EXPECT_EQ(folder.names().size(), 4U);
}

}  // namespace
}  // namespace ditto::cli
