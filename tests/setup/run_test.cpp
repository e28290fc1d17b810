// The whole of set-up over a double of the engines and the tests' own hub.
#include "setup/run.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "app/converted_checkpoints.h"
#include "engine_double.h"
#include "pytorch_folder.h"
#include "setup/trial.h"
#include "test_hub.h"

namespace ditto::setup {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

/// mesh works, ditto does not.
class HalfOfTheEngines final : public Engines {
  public:
    EngineChoice choose(const EngineRequest& request) override {
        decide(request);
        return {std::make_shared<EngineDouble>(), {}};
    }
    std::string decide(const EngineRequest& request) const override {
        if (request.wish == EngineWish::ditto || broken) {
            throw Error(ErrorCode::engine_unavailable, {{"engine", "ditto"}, {"why", "no files"}});
        }
        return "mesh";
    }
    bool broken = false;
};

class RunTest : public ::testing::Test {
  protected:
    RunTest() {
        fs::remove_all(folder);
        fs::create_directories(folder);
        request.checkpoints = folder / "checkpoints";
        request.test_folder = folder / "out";
    }
    ~RunTest() override { fs::remove_all(folder); }

    bool run() {
        out.str("");
        err.str("");
        return run_setup(request, engines, out, err, {});
    }

    fs::path folder = fs::temp_directory_path() / ("ditto_setup_test_" + std::to_string(getpid()));
    SetupRequest request;
    HalfOfTheEngines engines;
    std::ostringstream out;
    std::ostringstream err;
};

TEST_F(RunTest, TheDiagnosisEndsWithWhatWorksAndIsFineWhereSomethingDoes) {
    EXPECT_TRUE(run());
    EXPECT_THAT(out.str(), HasSubstr("What works now"));
    EXPECT_THAT(out.str(), HasSubstr("✅ mesh: works, "));
    EXPECT_THAT(out.str(), HasSubstr("ditto-avatar setup --download-models"));
    engines.broken = true;
    EXPECT_FALSE(run());
}

TEST_F(RunTest, TheReportAsJson) {
    request.json = true;
    request.language = Language::traditional_chinese;
    EXPECT_TRUE(run());
    const auto report = nlohmann::json::parse(out.str());
    EXPECT_EQ(report["ok"], true);
    ASSERT_EQ(report["sections"].size(), 7U);
    EXPECT_EQ(report["sections"][0]["name"], "gpu");
    EXPECT_EQ(report["sections"][6]["findings"][0]["name"], "engine_works");
    EXPECT_EQ(report["sections"][6]["findings"][0]["values"]["engine"], "mesh");
}

TEST_F(RunTest, VerifyNamesWhatIsMissing) {
    request.verify = true;
    EXPECT_FALSE(run());
    EXPECT_THAT(out.str(), HasSubstr("❌ ditto_onnx/hubert.onnx: missing"));
    EXPECT_THAT(out.str(), HasSubstr("10 files need attention"));
}

TEST_F(RunTest, VerifyHashesWhatWasConverted) {
    setenv("DITTO_CACHE", (folder / "cache").c_str(), 1);
    checkpoints::write_pytorch_folder(request.checkpoints, 1);
    request.verify = true;
    run();
    EXPECT_THAT(out.str(), Not(HasSubstr("converted")));
    const fs::path kept =
        converted_checkpoints(request.checkpoints, folder / "cache", [](const Notice&) {});
    run();
    EXPECT_THAT(out.str(), HasSubstr("✅ The networks that were converted are whole"));
    const fs::path decoder = kept / "ditto_onnx" / "decoder.onnx";
    fs::resize_file(decoder, fs::file_size(decoder) - 1);
    request.language = Language::traditional_chinese;
    run();
    EXPECT_THAT(out.str(), HasSubstr("轉換後的網路檔案已損壞,下次啟動時會重新轉換"));
    EXPECT_FALSE(fs::exists(kept));
    unsetenv("DITTO_CACHE");
}

TEST_F(RunTest, TheTestMakesAVideoWithEachEngineThatLoads) {
    request.test = true;
    EXPECT_TRUE(run());
    EXPECT_TRUE(fs::exists(folder / "out/test_mesh.mp4"));
    EXPECT_FALSE(fs::exists(folder / "out/test_ditto.mp4"));
    EXPECT_THAT(out.str(), HasSubstr("2.0 s of video"));
    EXPECT_THAT(out.str(), HasSubstr("ditto: "));
}

TEST_F(RunTest, DownloadsTheSetAndSaysWhatFailed) {
    hub::testing::TestHub hub;
    for (const auto& file : checkpoints::Manifest::built_in().in_set("minimal")) {
        hub.put(file.name, "the bytes of " + file.name);
    }
    request.download_models = true;
    request.hub.endpoint = hub.endpoint();
    EXPECT_FALSE(run()) << "the configurations' hashes are known and these are not they";
    EXPECT_THAT(err.str(), HasSubstr("✅ ditto_onnx/decoder.onnx: whole"));
    EXPECT_THAT(err.str(), HasSubstr("❌ ditto_cfg/v0.4_hubert_cfg_trt.pkl"));
    EXPECT_THAT(err.str(), HasSubstr("\n   → ditto-avatar setup --download-models --checkpoints " +
                                     request.checkpoints.string()));
    EXPECT_TRUE(fs::exists(request.checkpoints / "ditto_onnx/decoder.onnx"));
    EXPECT_FALSE(fs::exists(request.checkpoints / "ditto_cfg/v0.4_hubert_cfg_trt.pkl"));
    EXPECT_THAT(hub.requests().front().target,
                HasSubstr("/digital-avatar/ditto-talkinghead/resolve/"
                          "e4a2f60328ee7c32af585ac4b3cce299e4c8e254/"));

    request.json = true;
    EXPECT_FALSE(run());
    EXPECT_THAT(err.str(), HasSubstr("{\"event\":\"failed\""));
    EXPECT_EQ(nlohmann::json::parse(out.str())["ok"], false);
}

TEST_F(RunTest, ListsAddresses) {
    request.list_urls = true;
    request.set = "all";
    EXPECT_TRUE(run());
    EXPECT_THAT(out.str(), HasSubstr("#!/bin/sh"));
    EXPECT_THAT(out.str(), HasSubstr("ditto_pytorch/models/decoder.pth"));
}

TEST_F(RunTest, MeasuresAnEngineInTheTimeGiven) {
    EngineDouble engine;
    engine.before_frame = [](std::int64_t) { usleep(10'000); };
    const auto begin = std::chrono::steady_clock::now();
    const auto speed = measure_frames_per_s(engine, 0.5, {});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    ASSERT_TRUE(speed);
    EXPECT_GT(*speed, 5);
    EXPECT_LT(*speed, 101);
    EXPECT_LT(took.count(), 10);
}

}  // namespace
}  // namespace ditto::setup
