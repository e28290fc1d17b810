#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "program.h"

namespace ditto::cli {
namespace {

/// What is measured is right; how fast it is says nothing here.
TEST(BenchCommand, OwnNetworksAgreeWithOnnxRuntime) {
    const Outcome outcome =
        run({"bench", "--engine", "ditto", "--checkpoints", DITTO_TINY_CHECKPOINTS, "--rounds", "1",
             "--steps", "10", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto report = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(report.at("ditto").at("frames").get<int>(), 6);
    EXPECT_GT(report.at("ditto").at("real_time_factor").get<double>(), 0);
    const auto& diffusion = report.at("diffusion");
    EXPECT_EQ(diffusion.at("in_parts").get<bool>(), report.at("machine").at("avx2").get<bool>());
    EXPECT_LE(diffusion.at("max_abs_diff").get<double>(), 1e-4);
    EXPECT_GT(diffusion.at("speedup_vs_official").get<double>(), 0);
    const auto& rendering = report.at("warp_decode");
    if (rendering.contains("max_abs_diff")) {
        EXPECT_LE(rendering.at("max_abs_diff").get<double>(), 1e-3);
        EXPECT_LE(rendering.at("warp_max_rel_diff").get<double>(), 1e-3);
        EXPECT_GT(rendering.at("threads_ratio").get<double>(), 0);
        if (rendering.at("fast").get<bool>()) {
            EXPECT_GT(rendering.at("fast_psnr_db").get<double>(), 35);
            EXPECT_LT(rendering.at("fast_psnr_db").get<double>(), 90) << "not another precision";
        }
    } else {
        EXPECT_TRUE(rendering.contains("left_to_onnxruntime"));
    }
    EXPECT_EQ(report.at("networks").size(), 7U);
}

/// Where a Python has PyTorch: its networks are the files'.
TEST(BenchCommand, PyTorchAgreesWithOnnxRuntime) {
    const char* python = "/usr/bin/python3";
    if (std::system("/usr/bin/python3 -c 'import torch' 2> /dev/null") != 0) {
        GTEST_SKIP() << "no PyTorch";
    }
    const Outcome outcome =
        run({"bench", "--engine", "ditto", "--checkpoints", DITTO_TINY_CHECKPOINTS, "--rounds", "1",
             "--steps", "10", "--threads", "1", "--pytorch", python,
             DITTO_SOURCE_DIR "/tools/pytorch_networks.py", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto report = nlohmann::json::parse(outcome.out);
    for (const char* part : {"diffusion", "warp_decode"}) {
        if (report.at(part).contains("left_to_onnxruntime")) continue;
        EXPECT_LE(report.at(part).at("pytorch_max_abs_diff").get<double>(), 1e-3);
        EXPECT_GT(report.at(part).at("speedup_vs_pytorch").get<double>(), 0);
    }
}

TEST(BenchCommand, SaysWhenPyTorchFails) {
    const auto with = [](const std::string& python) {
        return run({"bench", "--engine", "ditto", "--checkpoints", DITTO_TINY_CHECKPOINTS,
                    "--rounds", "1", "--steps", "10", "--pytorch", python, "none.py"});
    };
    EXPECT_NE(with("/bin/false").err.find("program_failed"), std::string::npos);
    EXPECT_NE(with("/none/python").err.find("program_missing"), std::string::npos);
}

TEST(BenchCommand, MeshAsATable) {
    const Outcome outcome = run({"bench", "--seconds", "1", "--rounds", "1", "--lang", "en"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("| mesh | |"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("| frames | 25 |"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("diffusion"), std::string::npos);
}

TEST(BenchCommand, RefusesWhatCannotBe) {
    EXPECT_NE(run({"bench", "--steps", "5"}).err.find("10-100"), std::string::npos);
    EXPECT_NE(run({"bench", "--engine", "ditto"}).err.find("--checkpoints"), std::string::npos);
}

}  // namespace
}  // namespace ditto::cli
