#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "program.h"

namespace ditto::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Models : public testing::Test {
  protected:
    void SetUp() override { fs::remove_all(folder); }
    void TearDown() override { fs::remove_all(folder); }
    const std::string folder =
        testing::TempDir() + "models_command_test_" + std::to_string(getpid());
    const std::string data = DITTO_TEST_DATA "/checkpoints/";
};

TEST_F(Models, SynthesizeMakesAFolderThatListFinds) {
    const Outcome made =
        run({"models", "synthesize", "--size", "tiny", "--seed", "3", "--to", folder});
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr(folder + " ("));
    EXPECT_TRUE(fs::exists(folder + "/ditto_onnx/decoder.onnx"));
    EXPECT_TRUE(fs::exists(folder + "/ditto_cfg/v0.4_hubert_cfg_trt_online.pkl"));

    const Outcome listed = run({"models", "list", "--checkpoints", folder});
    EXPECT_EQ(listed.status, 0);
    EXPECT_THAT(listed.out, HasSubstr("present\t"));
    EXPECT_THAT(listed.out, HasSubstr("missing\t"));
    EXPECT_THAT(listed.out, HasSubstr("\tditto_onnx/decoder.onnx\t"));
    EXPECT_THAT(listed.out, Not(HasSubstr("\t0 MB\t"))) << "small files have a size too";
    EXPECT_THAT(listed.out, HasSubstr(" kB\tditto_cfg/"));
    const Outcome json = run({"models", "list", "--json", "--checkpoints", folder});
    EXPECT_THAT(json.out, HasSubstr(R"({"event":"model","name":"ditto_cfg/)"));
    EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'),
              std::count(listed.out.begin(), listed.out.end(), '\n'));

    const Outcome config =
        run({"models", "config", folder + "/ditto_cfg/v0.4_hubert_cfg_trt_online.pkl"});
    EXPECT_EQ(config.status, 0) << config.err;
    EXPECT_THAT(config.out, HasSubstr("\"sampling_timesteps\": 10"));
}

TEST_F(Models, ConvertReadsWhatPyTorchWrote) {
    fs::create_directories(folder + "/from");
    fs::copy_file(data + "stitch_network.pth", folder + "/from/stitch_network.pth");
    const Outcome done =
        run({"models", "convert", "--from", folder + "/from", "--to", folder + "/to"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("stitch_network.onnx"));
    EXPECT_TRUE(fs::exists(folder + "/to/ditto_onnx/stitch_network.onnx"));
}

TEST_F(Models, MistakesAreSaidPlainly) {
    EXPECT_EQ(run({"models"}).status, 2);
    EXPECT_THAT(run({"models", "convrt"}).err, HasSubstr("convert"));
    EXPECT_EQ(run({"models", "convert", "--to", folder}).status, 2);
    EXPECT_EQ(run({"models", "synthesize", "--size", "huge", "--to", folder}).status, 2);
    EXPECT_EQ(run({"models", "synthesize", "--seed", "-1", "--to", folder}).status, 2);
    const Outcome empty = run({"models", "convert", "--from", folder, "--to", folder + "/to"});
    EXPECT_EQ(empty.status, 6);
    EXPECT_THAT(empty.err, HasSubstr("appearance_extractor.pth"));
    const Outcome wrong = run({"models", "config", data + "stitch_network.pth"});
    EXPECT_EQ(wrong.status, 6);
    EXPECT_THAT(wrong.err, HasSubstr("stitch_network.pth"));
    EXPECT_EQ(run({"models", "synthesize", "--to", "/proc/nowhere"}).status, 5);
}

TEST_F(Models, HelpAndLanguage) {
    EXPECT_THAT(run({"models", "--help"}).out, HasSubstr("synthesize"));
    EXPECT_THAT(run({"models", "synthesize", "--help"}).out, HasSubstr("--seed"));
    EXPECT_THAT(run({"models", "config", "/nowhere.pkl", "--lang", "zh-TW"}).err,
                HasSubstr("缺少模型檔案"));
}

}  // namespace
}  // namespace ditto::cli
