#include "checkpoints/pytorch_file.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/zip_reader.h"
#include "core/random.h"

namespace ditto::checkpoints {
namespace {

std::string data(const std::string& name) {
    return load_file(DITTO_TEST_DATA "/checkpoints/" + name, 1 << 20);
}

/// Written by torch.save() of PyTorch 1.13, as a zip and in the format before.
const char* const stitch_files[] = {"stitch_network.pth", "stitch_network_legacy.pth"};

TEST(PytorchFile, ReadsBothFormats) {
    StateDict states[2];
    for (int i = 0; i < 2; ++i) {
        states[i] = parse_state_dict(data(stitch_files[i]), "a.pth", "retarget_shoulder");
        ASSERT_EQ(states[i].tensors.size(), 6U);
        // "module." is gone from the names.
        EXPECT_EQ(states[i].tensors.at("mlp.0.weight")->shape(), (Shape{6, 126}));
        EXPECT_EQ(states[i].tensors.at("mlp.4.bias")->shape(), (Shape{65}));
    }
    for (const auto& [name, tensor] : states[0].tensors) {
        const auto a = tensor->values<float>();
        const auto b = states[1].tensors.at(name)->values<float>();
        for (std::size_t i = 0; i < a.size(); ++i)
            ASSERT_EQ(a[i], b[i]) << name;
    }
}

TEST(PytorchFile, ReadsEveryKindOfTensor) {
    const auto tensors = parse_state_dict(data("odd_tensors.pth"), "odd.pth").tensors;
    const auto at = [&](const std::string& name, std::size_t i) {
        return tensors.at(name)->values<float>()[i];
    };
    // base is 0..23 as 4x6.
    EXPECT_EQ(tensors.at("transposed")->shape(), (Shape{6, 4}));
    EXPECT_EQ(at("transposed", 1), 6);
    EXPECT_EQ(at("transposed", 4), 1);
    EXPECT_EQ(tensors.at("sliced")->shape(), (Shape{2, 3}));
    EXPECT_EQ(at("sliced", 0), 8);
    EXPECT_EQ(at("sliced", 5), 16);
    EXPECT_EQ(at("half", 0), 1.5F);
    EXPECT_EQ(at("half", 1), -2);
    EXPECT_NEAR(at("half", 2), 6e-8F, 1e-9);
    EXPECT_TRUE(std::isinf(at("half", 3)));
    EXPECT_EQ(at("half", 4), 65504);
    EXPECT_EQ(at("double", 5), 5);
    EXPECT_EQ(tensors.at("count")->values<std::int64_t>()[0], 7);
    EXPECT_EQ(at("parameter", 3), 3);
    EXPECT_EQ(tensors.at("empty")->shape(), (Shape{0, 3}));
}

TEST(PytorchFile, WhatIsNoStateDictIsNamed) {
    EXPECT_THROW(parse_state_dict(data("stitch_network.pth"), "a.pth"), Error);
    try {
        parse_state_dict(data("stitch_network.pth"), "a.pth", "model_state_dict");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::model_mismatch);
        EXPECT_NE(std::string(error.what()).find("model_state_dict"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("a.pth"), std::string::npos);
    }
    EXPECT_THROW(parse_state_dict("", "a.pth"), Error);
    EXPECT_THROW(parse_state_dict(data("config_protocol4.pkl"), "a.pth"), Error);
    EXPECT_THROW(load_state_dict("/nowhere.pth"), Error);
}

TEST(PytorchFile, CutOffFilesAreErrors) {
    for (const char* name : stitch_files) {
        const std::string whole = data(name);
        for (std::size_t length = 0; length < whole.size(); length += 13) {
            EXPECT_THROW(parse_state_dict(whole.substr(0, length), "cut.pth", "retarget_shoulder"),
                         Error)
                << name << " " << length;
        }
    }
}

TEST(PytorchFile, ChangedBytesAreErrorsOrHarmless) {
    Random random(3);
    int refused = 0;
    for (const char* name :
         {"stitch_network.pth", "stitch_network_legacy.pth", "odd_tensors.pth"}) {
        const std::string whole = data(name);
        for (int round = 0; round < 1500; ++round) {
            std::string changed = whole;
            for (int i = 0; i <= round % 3; ++i)
                changed[random.next() % changed.size()] = static_cast<char>(random.next());
            try {
                parse_state_dict(changed, "changed.pth", "retarget_shoulder");
            } catch (const Error& error) {
                EXPECT_NE(error.code(), ErrorCode::internal) << error.what();
                EXPECT_NE(std::string(error.what()).find("changed.pth"), std::string::npos);
                ++refused;
            }
        }
    }
    EXPECT_GT(refused, 1000);
}

TEST(PytorchFile, AChangedWeightInAZipIsFound) {
    std::string changed = data("stitch_network.pth");
    const ZipReader zip(changed);
    const std::string_view weights = zip.read("stitch_network/data/0");
    changed[static_cast<std::size_t>(weights.data() - changed.data()) + 100] ^= 1;
    EXPECT_THROW(parse_state_dict(changed, "a.pth", "retarget_shoulder"), Error);
}

TEST(Zip, DamagedArchivesAreErrors) {
    EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
    EXPECT_EQ(crc32(""), 0U);
    const std::string whole = data("odd_tensors.pth");
    const ZipReader zip(whole);
    EXPECT_TRUE(zip.has("odd_tensors/data.pkl"));
    EXPECT_EQ(zip.name_ending_with("/data.pkl"), "odd_tensors/data.pkl");
    EXPECT_EQ(zip.name_ending_with("/nothing"), "");
    EXPECT_THROW(zip.read("nothing"), std::runtime_error);

    // The end record says that the directory is somewhere else, or larger than the file.
    const std::size_t end = whole.rfind("PK\6\6");  // PyTorch writes zip64 always
    for (const std::size_t field : {32U, 40U, 48U}) {
        std::string changed = whole;
        changed[end + field] = static_cast<char>(changed[end + field] + 1);
        changed[end + field + 1] = '\x7f';
        EXPECT_THROW(ZipReader{changed}, std::runtime_error) << field;
    }
    EXPECT_THROW(ZipReader{std::string(100, 'x')}, std::runtime_error);
    EXPECT_THROW(ZipReader{""}, std::runtime_error);
}

}  // namespace
}  // namespace ditto::checkpoints
