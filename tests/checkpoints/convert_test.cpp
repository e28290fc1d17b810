#include "checkpoints/convert.h"

#include <filesystem>
#include <ostream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/pytorch_file.h"
#include "nn/session.h"
#include "parity_networks.h"
#include "pytorch_writer.h"

namespace ditto::checkpoints {
namespace {

namespace fs = std::filesystem;

class Convert : public testing::Test {
  protected:
    void SetUp() override {
        fs::remove_all(folder);
        fs::create_directories(models());
    }
    void TearDown() override { fs::remove_all(folder); }

    fs::path models() const { return folder / "from" / "ditto_pytorch" / "models"; }
    fs::path onnx(const std::string& name) const { return folder / "to" / "ditto_onnx" / name; }
    void save(const fs::path& path, const std::string& bytes) const {
        save_file(path, [&](std::ostream& out) { out << bytes; });
    }
    std::vector<ConvertedNetwork> run() const {
        return convert(folder / "from", folder / "to", [](const ConvertedNetwork&) {});
    }

    fs::path folder = fs::path(testing::TempDir()) / ("convert_test_" + std::to_string(getpid()));
};

std::vector<float> values_of(const nn::Session& session, const ParityCase& parity) {
    std::vector<Tensor> tensors;
    for (const ParityInput& input : parity.inputs)
        tensors.push_back(input.values());
    Tensor time(DataType::i64, {1});
    time.values<std::int64_t>()[0] = parity_time;
    nn::Inputs inputs;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        inputs.emplace_back(parity.inputs[i].name, tensors[i].view());
    if (parity.name == "lmdm") inputs.emplace_back("time_cond", time.view());
    const auto result = session.run(inputs, {std::string_view(parity.outputs.back())});
    const auto values = result[0].values<float>();
    return {values.begin(), values.end()};
}

struct Files {
    std::string checkpoint;
    std::string part;
    std::string onnx;
};

Files files_of(const std::string& network) {
    if (network == "stitch_network") {
        return {"stitch_network.pth", "retarget_shoulder", "stitch_network.onnx"};
    }
    if (network == "warp_network") return {"warp_network.pth", "", "warp_network_ori.onnx"};
    if (network == "lmdm") {
        return {"lmdm_v0.4_hubert.pth", "model_state_dict", "lmdm_v0.4_hubert.onnx"};
    }
    return {network + ".pth", "", network + ".onnx"};
}

/// From a checkpoint, sizes and all, comes the network whose weights it holds: the same file as
/// from the weights themselves.
TEST_F(Convert, EveryCheckpointBecomesItsNetwork) {
    for (const ParityCase& parity : parity_cases(false)) {
        SCOPED_TRACE(parity.name);
        const Files files = files_of(parity.name);
        OnnxGraph graph(fs::path(files.onnx).stem().string());
        RecordedWeights weights(parity.seed);
        NetworkBuilder net(graph, weights, Folding::exact);
        parity.write(net);
        save(models() / files.checkpoint, pytorch_file(weights.tensors, files.part));

        const auto done = run();
        EXPECT_GT(done.back().parameters, 0U);
        EXPECT_TRUE(load_file(onnx(files.onnx), 1 << 24) == graph.bytes());
        fs::remove(models() / files.checkpoint);
    }
}

TEST_F(Convert, PyTorchsOwnFileGivesPyTorchsNumbers) {
    fs::copy_file(DITTO_TEST_DATA "/checkpoints/stitch_network.pth",
                  models() / "stitch_network.pth");
    ASSERT_EQ(run().size(), 1U);
    const auto expected = nlohmann::json::parse(
        load_file(DITTO_TEST_DATA "/checkpoints/stitch_network_out.json", 1 << 20));
    const auto parity = parity_cases(false).at(2);
    ASSERT_EQ(parity.name, "stitch_network");
    const nn::Session session(nn::Runtime::open(), onnx("stitch_network.onnx"));
    const auto values = values_of(session, parity);
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_NEAR(values[i], expected[i].get<double>(), 1e-6);
}

TEST_F(Convert, WhatNeedsNoConversionComesAlong) {
    fs::copy_file(DITTO_TEST_DATA "/checkpoints/stitch_network_legacy.pth",
                  models() / "stitch_network.pth");
    save(folder / "from/ditto_cfg/v0.4_hubert_cfg_pytorch.pkl", "configuration");
    save(folder / "from/ditto_pytorch/aux_models/hubert_streaming_fix_kv.onnx", "hubert");
    save(folder / "from/ditto_pytorch/aux_models/landmark203.onnx", "landmarks");
    EXPECT_EQ(run().size(), 4U);
    EXPECT_EQ(load_file(onnx("hubert.onnx"), 100), "hubert");
    EXPECT_EQ(load_file(onnx("landmark203.onnx"), 100), "landmarks") << "crops follow it";
    EXPECT_EQ(run().size(), 4U) << "a second time over the first";
}

TEST_F(Convert, NothingToConvertIsAnError) {
    try {
        run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::model_missing);
    }
}

TEST_F(Convert, ACheckpointOfAnotherNetworkIsNamed) {
    for (const char* name : {"decoder.pth", "warp_network.pth", "motion_extractor.pth",
                             "appearance_extractor.pth", "lmdm_v0.4_hubert.pth"}) {
        fs::copy_file(DITTO_TEST_DATA "/checkpoints/odd_tensors.pth", models() / name);
        try {
            run();
            FAIL() << name;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::model_mismatch) << error.what();
            EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
        }
        fs::remove(models() / name);
    }
    EXPECT_FALSE(fs::exists(onnx("decoder.onnx")));
}

}  // namespace
}  // namespace ditto::checkpoints
