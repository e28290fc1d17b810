#include "checkpoints/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace ditto::checkpoints {
namespace {

std::int64_t total(const std::vector<ModelFile>& files) {
    std::int64_t sum = 0;
    for (const ModelFile& file : files)
        sum += file.expected_bytes();
    return sum;
}

TEST(Manifest, TheSetsHaveTheSizesOfTheOfficialRepository) {
    const Manifest manifest = Manifest::built_in();
    EXPECT_NEAR(static_cast<double>(total(manifest.in_set("minimal"))), 2.4e9, 0.15e9);
    EXPECT_NEAR(static_cast<double>(total(manifest.in_set("onnx"))), 2.53e9, 0.02e9);
    EXPECT_NEAR(static_cast<double>(total(manifest.in_set("pytorch"))), 2.31e9, 0.01e9);
    EXPECT_EQ(total(manifest.in_set("all")),
              total(manifest.in_set("onnx")) + total(manifest.in_set("pytorch")));
    EXPECT_THROW(manifest.in_set("everything"), Error);
}

TEST(Manifest, TheMinimalSetIsFreeToUseCommerciallyAndKnowsItsPorts) {
    for (const ModelFile& file : Manifest::built_in().in_set("minimal")) {
        EXPECT_TRUE(file.free_to_use_commercially()) << file.name;
        if (file.name.ends_with(".onnx")) {
            EXPECT_FALSE(file.inputs.empty()) << file.name;
        }
        ASSERT_TRUE(hub_source(file.source)) << file.name;
        EXPECT_EQ(hub_source(file.source)->repository, "digital-avatar/ditto-talkinghead");
        EXPECT_EQ(hub_source(file.source)->revision.size(), 40U);
    }
}

TEST(Manifest, OfficialFilesAreDescribed) {
    const Manifest manifest = Manifest::built_in();
    const ModelFile* diffusion = manifest.find("ditto_onnx/lmdm_v0.4_hubert.onnx");
    ASSERT_NE(diffusion, nullptr);
    EXPECT_FALSE(diffusion->bytes);
    EXPECT_EQ(diffusion->inputs[2].shape, (Shape{1, 80, 1103}));
    EXPECT_EQ(diffusion->inputs[3].type, DataType::i64);
    const ModelFile* detector = manifest.find("ditto_pytorch/aux_models/det_10g.onnx");
    ASSERT_NE(detector, nullptr);
    EXPECT_FALSE(detector->free_to_use_commercially());
    EXPECT_EQ(manifest.find("ditto_onnx/nothing.onnx"), nullptr);
}

TEST(Manifest, RefusesWhatIsNoManifest) {
    for (const char* text :
         {"", "{}", "[{}]", "[{\"name\": \"../up\"}]", "[{\"name\": \"/etc/passwd\"}]",
          R"([{"name": "a", "sha256": "abc"}])", R"([{"name": "a"}, {"name": "a"}])",
          R"([{"name": "a", "bytes": -1}])", R"([{"name": "a", "bytes": "12"}])",
          R"([{"name": "a", "inputs": [{"name": "x", "type": "f80"}]}])"}) {
        EXPECT_THROW(Manifest::parse(text), Error) << text;
    }
    EXPECT_EQ(Manifest::parse(R"([{"name": "face/a.onnx", "source": "npm:x@1"}])").files().size(),
              1U);
}

TEST(Manifest, SafeNames) {
    for (const char* name : {"a", "a/b.onnx", "a.b/c-d_e"})
        EXPECT_TRUE(is_safe_name(name));
    for (const char* name : {"", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "a\nb"}) {
        EXPECT_FALSE(is_safe_name(name)) << name;
    }
}

}  // namespace
}  // namespace ditto::checkpoints
