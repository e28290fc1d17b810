#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"
#include "media/audio_file.h"
#include "program.h"

namespace ditto::cli {
namespace {

using testing::HasSubstr;

TEST(SpeakCommand, MakesARecordingOfAText) {
    const media::TempFolder folder;
    std::ofstream(folder / "talk.txt") << "各位同學大家好。\n";
    const Outcome outcome =
        run({"speak", "--script", folder / "talk.txt", "--output", folder / "talk.wav"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_GT(media::check_voice(folder / "talk.wav").duration_s, 0.8);
    EXPECT_EQ(run({"speak", "--text", "Hello", "--voice", "en-us", "--speed", "1.5", "--output",
                   folder / "hello.wav"})
                  .status,
              0);
    EXPECT_EQ(folder.names().size(), 3U);
    EXPECT_THAT(run({"speak", "--list-voices"}).out, HasSubstr("cmn\tzh\t"));
}

TEST(SpeakCommand, RefusesWhatItCannotSpeak) {
    const media::TempFolder folder;
    std::ofstream(folder / "broken.txt") << "\xff\xfe";
    std::ofstream(folder / "speech.json") << "{}";
    const std::string output = folder / "talk.wav";
    const auto status = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "speak");
        return run(arguments).status;
    };
    EXPECT_EQ(status({"--output", output}), 2);
    EXPECT_EQ(status({"--text", "a", "--script", "b", "--output", output}), 2);
    EXPECT_EQ(status({"--text", "Hello"}), 2);
    EXPECT_EQ(status({"--text", "...", "--output", output}), 2);
    EXPECT_EQ(status({"--text", "Hello", "--output", folder / "talk.mp3"}), 2);
    EXPECT_EQ(status({"--text", "Hello", "--output", folder / "none/talk.wav"}), 5);
    EXPECT_EQ(status({"--text", "Hello", "--voice", "nobody", "--output", output}), 2);
    EXPECT_EQ(status({"--text", "Hello", "--speed", "9", "--output", output}), 2);
    EXPECT_EQ(status({"--script", folder / "broken.txt", "--output", output}), 2);
    EXPECT_EQ(status({"--text", "Hello", "--speech", folder / "speech.json", "--output", output}),
              2);
    EXPECT_FALSE(std::filesystem::exists(output));
}

}  // namespace
}  // namespace ditto::cli
