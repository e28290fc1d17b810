// `ditto-avatar setup` as a newcomer uses it, in a fresh folder and without a network.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "program.h"

namespace ditto::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class SetupCommand : public testing::Test {
  protected:
    SetupCommand() {
        fs::remove_all(folder);
        fs::create_directories(folder);
    }
    ~SetupCommand() override { fs::remove_all(folder); }

    Outcome setup(std::vector<std::string> words,
                  const std::map<std::string, std::string>& environment = {}) const {
        words.insert(words.begin(), "setup");
        words.insert(words.end(), {"--checkpoints", checkpoints});
        return run(words, environment);
    }
    void put(const std::string& name, const std::string& content) const {
        fs::create_directories(fs::path(checkpoints + "/" + name).parent_path());
        std::ofstream(checkpoints + "/" + name, std::ios::binary) << content;
    }

    const std::string folder =
        testing::TempDir() + "setup_command_test_" + std::to_string(getpid());
    const std::string checkpoints = folder + "/it's mine";
    /// Nobody listens there.
    const std::string nowhere = "http://127.0.0.1:1";
};

TEST_F(SetupCommand, EveryComplaintOfTheDiagnosisComesWithACommandInBothLanguages) {
    for (const char* language : {"en", "zh-TW"}) {
        const Outcome told = setup({"--diagnose", "--json", "--lang", language});
        EXPECT_EQ(told.status, 0) << told.err;
        const json report = json::parse(told.out);
        EXPECT_EQ(report["ok"], true);
        EXPECT_EQ(report["sections"].size(), 7U);
        for (const json& section : report["sections"]) {
            for (const json& finding : section["findings"]) {
                const std::string level = finding["level"];
                EXPECT_TRUE((level != "warning" && level != "bad") ||
                            !finding.value("command", "").empty())
                    << finding;
                EXPECT_THAT(finding["text"].get<std::string>(), Not(HasSubstr("{")));
            }
        }
    }
}

TEST_F(SetupCommand, TheLanguageIsThatOfTheLocale) {
    EXPECT_THAT(setup({"--check-gpu"}).out, HasSubstr("GPU environment\n"));
    EXPECT_THAT(setup({"--check-gpu"}, {{"LC_ALL", "zh_TW.UTF-8"}}).out,
                HasSubstr("GPU 環境檢查\n"));
}

TEST_F(SetupCommand, EachDamagedFileIsNamedWithWhatMendsIt) {
    put("ditto_onnx/decoder.onnx",
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:" +
            std::string(64, 'a') + "\nsize 221813590\n");
    put("ditto_onnx/hubert.onnx", "<!DOCTYPE html><html>Please log in</html>");
    put("ditto_onnx/lmdm_v0.4_hubert.onnx", std::string(1000, 'x'));
    put("notes.txt", "mine");
    const Outcome told = setup({"--verify"});
    EXPECT_EQ(told.status, 6);
    EXPECT_THAT(told.out, HasSubstr("decoder.onnx: only git-lfs's placeholder"));
    EXPECT_THAT(told.out, HasSubstr("hubert.onnx: a saved web page"));
    EXPECT_THAT(told.out, HasSubstr("lmdm_v0.4_hubert.onnx: incomplete"));
    EXPECT_THAT(told.out, HasSubstr("stitch_network.onnx: missing"));
    EXPECT_THAT(told.out, HasSubstr("notes.txt: does not belong here"));
    EXPECT_THAT(told.out, HasSubstr("ditto-avatar setup --download-models --checkpoints '" +
                                    folder + "/it'\\''s mine'"));
}

TEST_F(SetupCommand, WithoutANetworkTheReasonAndTheCommandToGoOnAreTold) {
    fs::create_directories(folder + "/empty");
    const Outcome told = setup({"--download-models", "--from-dir", folder + "/empty"});
    EXPECT_EQ(told.status, 6);
    EXPECT_THAT(told.err, HasSubstr("❌ "));
    EXPECT_THAT(told.err, HasSubstr("--download-models --from-dir " + folder + "/empty"));
    EXPECT_FALSE(fs::exists(checkpoints + "/ditto_onnx/decoder.onnx"));
}

TEST_F(SetupCommand, AddressesFollowTheEnvironmentAndTheOptions) {
    const Outcome listed = setup({"--list-urls"}, {{"HF_ENDPOINT", nowhere}});
    EXPECT_EQ(listed.status, 0);
    EXPECT_THAT(listed.out, HasSubstr(nowhere + "/digital-avatar/ditto-talkinghead/resolve/"));
    const Outcome other =
        setup({"--list-urls", "--revision", "main", "--mirror", "http://files.example/{name}"});
    EXPECT_THAT(other.out, HasSubstr("http://files.example/ditto_onnx/decoder.onnx"));
}

TEST_F(SetupCommand, TheTestMakesAVideo) {
    const Outcome told = setup({"--test", "--output", folder + "/out"});
    EXPECT_EQ(told.status, 0) << told.out << told.err;
    EXPECT_THAT(told.out, HasSubstr("✅ mesh: 2.0 s of video in "));
    EXPECT_GT(fs::file_size(folder + "/out/test_mesh.mp4"), 1000U);
    EXPECT_FALSE(fs::exists(folder + "/out/test_ditto.mp4"));
}

TEST_F(SetupCommand, MistakesAreSaidPlainly) {
    EXPECT_EQ(setup({"--set", "huge"}).status, 2);
    EXPECT_EQ(setup({"--port", "70000"}).status, 2);
    EXPECT_THAT(setup({"--verfy"}).err, HasSubstr("--verify"));
    EXPECT_EQ(run({"setup", "--download-models", "--checkpoints", "/proc/nowhere"},
                  {{"HF_ENDPOINT", nowhere}})
                  .status,
              5);
}

}  // namespace
}  // namespace ditto::cli
