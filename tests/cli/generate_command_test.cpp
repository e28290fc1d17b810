#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inputs.h"
#include "media/audio_file.h"
#include "program.h"

namespace ditto::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class GenerateCommand : public testing::Test {
  protected:
    GenerateCommand() { write_voice(folder_ / "voice.wav", 1.5); }

    std::vector<std::string> generate(const std::vector<std::string>& more = {}) const {
        return generate_arguments(portrait(), folder_ / "voice.wav", video_, more);
    }
    void expect_no_video() const { EXPECT_THAT(folder_.names(), ElementsAre("voice.wav")); }

    /// Starts a long video and stops it with a signal once frames come.
    void expect_clean_end_after(int signal_number) {
        write_voice(folder_ / "voice.wav", 120);
        Program program(generate());
        ASSERT_TRUE(program.wait_for("\"event\":\"progress\""));
        program.signal(signal_number);
        const Outcome outcome = program.finish();
        EXPECT_EQ(outcome.status, 130);
        EXPECT_THAT(outcome.err, HasSubstr("{\"event\":\"error\",\"code\":\"cancelled\","));
        expect_no_video();
    }

    media::TempFolder folder_;
    const std::filesystem::path video_ = folder_ / "video.mp4";
};

TEST_F(GenerateCommand, MakesAVideoWithTheSound) {
    const Outcome outcome = run(generate());
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("\"code\":\"engine_chosen\""));
    EXPECT_THAT(outcome.err, HasSubstr("\"why\":\"checkpoints_missing\""));
    EXPECT_THAT(outcome.err, HasSubstr("{\"event\":\"done\",\"output\":\"" + video_.string() +
                                       "\",\"engine\":\"mesh\",\"width\":512,\"height\":512,"
                                       "\"frames\":38,\"duration_s\":1.520,"));
    EXPECT_THAT(folder_.names(), ElementsAre("video.mp4", "voice.wav"));
    EXPECT_NEAR(media::probe_audio(video_).duration_s, 1.5, 0.04);
}

TEST_F(GenerateCommand, TakesPythonsNames) {
    const Outcome outcome =
        run({"generate", "--source_path", portrait(), "--audio_path", folder_ / "voice.wav",
             "--output_path", video_, "--fade_in=0", "--crop_scale", "2.0", "--emotion", "happy"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_TRUE(std::filesystem::exists(video_));
}

TEST_F(GenerateCommand, SameSeedSameFile) {
    std::vector<media::FileContent> files;
    for (const char* seed : {"7", "7", "8"}) {
        EXPECT_EQ(run(generate({"--seed", seed, "--engine", "mesh"})).status, 0);
        files.push_back(media::read_content(video_));
    }
    EXPECT_TRUE(files[0] == files[1]);
    EXPECT_FALSE(files[0] == files[2]);
}

TEST_F(GenerateCommand, EmotionsChangeWhenTheTimeLineSays) {
    const auto made = [&](const char* emotion) {
        const Outcome outcome = run(generate({"--emotion", emotion, "--engine", "mesh"}));
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        return media::read_content(video_);
    };
    const media::FileContent neutral = made("neutral");
    EXPECT_TRUE(made("0:neutral, 1.5:happy") == neutral);  // when the voice is over
    const media::FileContent changing = made("0:neutral, 0.8:happy");
    EXPECT_FALSE(changing == neutral);
    EXPECT_FALSE(changing == made("happy"));
    EXPECT_FALSE(changing == made("0:neutral, 0.8:happy=0.5+neutral=0.5"));
}

TEST_F(GenerateCommand, OnATerminalThereIsABarAndThenTheResult) {
    Program program(generate(), Program::Streams::terminal);
    const Outcome outcome = program.finish();
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    EXPECT_THAT(outcome.out, HasSubstr("Engine: mesh (Ditto's checkpoints are not in"));
    EXPECT_THAT(outcome.out, HasSubstr("Animating ████"));
    EXPECT_THAT(outcome.out, HasSubstr("38/38 frames"));
    const std::string last = outcome.out.substr(outcome.out.rfind("\x1b[K") + 3);
    EXPECT_THAT(last, StartsWith(video_.string() + ": 512x512, 1.5 s of video in "));
}

TEST_F(GenerateCommand, QuietSaysNothing) {
    const Outcome outcome = run(generate({"--quiet"}));
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out + outcome.err, "");
    EXPECT_TRUE(std::filesystem::exists(video_));
}

TEST_F(GenerateCommand, WithoutProgressNoticesAndResultRemain) {
    const Outcome outcome = run(generate({"--progress", "none"}));
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.err, StartsWith("Engine: mesh ("));
    EXPECT_THAT(outcome.err, Not(HasSubstr("Animating")));
    EXPECT_THAT(outcome.out, StartsWith(video_.string() + ": 512x512"));
}

TEST_F(GenerateCommand, CtrlCLeavesNothingBehind) {
    expect_clean_end_after(SIGINT);
}

TEST_F(GenerateCommand, TerminationLeavesNothingBehind) {
    expect_clean_end_after(SIGTERM);
}

TEST_F(GenerateCommand, AReaderOfProgressThatGoesAwayChangesNothing) {
    Program program(generate());
    ASSERT_TRUE(program.wait_for("\"stage\":\"prepare\""));
    program.close_err();
    EXPECT_EQ(program.finish().status, 0);
    EXPECT_TRUE(std::filesystem::exists(video_));
}

}  // namespace
}  // namespace ditto::cli
