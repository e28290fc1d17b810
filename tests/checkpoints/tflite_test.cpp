#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/face_geometry.h"
#include "checkpoints/flex_map.h"
#include "checkpoints/manifest.h"
#include "checkpoints/tflite_to_onnx.h"
#include "core/random.h"

namespace ditto::checkpoints {
namespace {

/// MediaPipe's files lie one after the other in one file of its npm package.
std::string packed(const std::string& name, std::size_t first) {
    static const std::string all = [] {
        std::ifstream in(std::string(DITTO_SOURCE_DIR) +
                             "/third_party/node_modules/@mediapipe/face_mesh/"
                             "face_mesh_solution_packed_assets.data",
                         std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    }();
    const Manifest manifest = Manifest::built_in();
    return all.substr(first, static_cast<std::size_t>(manifest.find(name)->bytes.value()));
}

std::string detector() {
    return packed("face_mesh/face_detection_short_range.tflite", 3757224);
}

std::string mesh() {
    return packed("face_mesh/face_landmark_with_attention.tflite", 0);
}

std::string canonical_face() {
    return packed("face_mesh/geometry_pipeline_metadata_landmarks.binarypb", 3737848);
}

std::string person_mask() {
    std::ifstream in(std::string(DITTO_SOURCE_DIR) +
                         "/third_party/node_modules/@mediapipe/selfie_segmentation/"
                         "selfie_segmentation.tflite",
                     std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

/// True where the file was converted, false where it was refused. Anything else is a failure.
bool converts(std::string_view file) {
    try {
        const auto model = TfliteModel::read(std::as_bytes(std::span(file)), "test");
        onnx_from_tflite(model);
        return true;
    } catch (const Error& error) {
        EXPECT_TRUE(error.code() == ErrorCode::model_corrupt ||
                    error.code() == ErrorCode::model_mismatch)
            << error.what();
        return false;
    }
}

TEST(Tflite, ReadsGraphAsPublished) {
    const std::string file = mesh();
    const auto model = TfliteModel::read(std::as_bytes(std::span(file)), "mesh");
    ASSERT_EQ(model.inputs.size(), 1U);
    const TfliteTensor& input = model.tensors[static_cast<std::size_t>(model.inputs[0])];
    EXPECT_EQ(input.name, "input_1");
    EXPECT_EQ(input.shape, (std::vector<std::int64_t>{1, 192, 192, 3}));
    ASSERT_EQ(model.outputs.size(), 7U);
    EXPECT_TRUE(converts(file));
}

TEST(Tflite, RefusesTruncatedFiles) {
    for (const std::string& file : {detector(), mesh(), person_mask()}) {
        for (std::size_t length = 0; length < 64; ++length)
            EXPECT_FALSE(converts(std::string_view(file).substr(0, length)));
        for (std::size_t length = 64; length < file.size(); length += file.size() / 97)
            EXPECT_FALSE(converts(std::string_view(file).substr(0, length))) << length;
    }
}

TEST(Tflite, SurvivesDamagedFiles) {
    const std::string wholes[] = {detector(), person_mask()};
    EXPECT_TRUE(converts(wholes[1]));
    Random random(1);
    int refused = 0;
    for (int round = 0; round < 300; ++round) {
        std::string file = wholes[round % 2];
        const int damages = 1 + static_cast<int>(random.next() % 8);
        for (int i = 0; i < damages; ++i) {
            // The graph stands in the last part of the file, behind the weights.
            const std::size_t from_end = random.next() % (i % 2 == 0 ? 30000 : file.size());
            file[file.size() - 1 - from_end] = static_cast<char>(random.next());
        }
        refused += converts(file) ? 0 : 1;
    }
    EXPECT_GT(refused, 10);
    EXPECT_LT(refused, 290);
}

TEST(Tflite, RefusesOtherFiles) {
    EXPECT_FALSE(converts(""));
    EXPECT_FALSE(converts("\x89PNG\r\n\x1a\n and so on and so on"));
    EXPECT_FALSE(converts(std::string(1000, '\0')));
    EXPECT_FALSE(converts(std::string(1000, '\xff')));
}

TEST(Tflite, ReadsOptionsOfCustomOperators) {
    const std::string file = mesh();
    const auto model = TfliteModel::read(std::as_bytes(std::span(file)), "mesh");
    int found = 0;
    for (const TfliteNode& node : model.nodes) {
        if (node.custom_name != "Landmarks2TransformMatrix") continue;
        const FlexMap options(CheckedBytes(node.custom_options, "options"));
        EXPECT_EQ(options.integer("output_height"), 16);
        EXPECT_EQ(options.number("scale_x"), 1.5);
        EXPECT_EQ(options.integers("subset_idxs").size(), found == 0 ? 80U : 71U);
        EXPECT_THROW(options.integer("nothing"), Error);
        EXPECT_THROW(options.integer("subset_idxs"), Error);
        ++found;
    }
    EXPECT_EQ(found, 3);
}

TEST(FaceGeometry, ReadsCanonicalFace) {
    const std::string file = canonical_face();
    const auto face = FaceGeometry::read(std::as_bytes(std::span(file)), "face");
    EXPECT_EQ(face.vertices.size(), 468U);
    EXPECT_EQ(face.triangles.size(), 898U);
    EXPECT_EQ(face.weights.size(), 33U);
    // Points 33 and 263 are the outer corners of the eyes, mirror images of each other.
    EXPECT_NEAR(face.vertices[33].position[0], -face.vertices[263].position[0], 1e-4);
    EXPECT_NEAR(face.vertices[33].position[1], face.vertices[263].position[1], 1e-4);
    std::ostringstream text;
    face.write(text);
    EXPECT_TRUE(text.str().starts_with("v 0 "));
}

TEST(FaceGeometry, RefusesDamagedFiles) {
    const std::string whole = canonical_face();
    EXPECT_THROW(FaceGeometry::read(std::as_bytes(std::span(whole)).first(10000), "face"), Error);
    EXPECT_THROW(FaceGeometry::read({}, "face"), Error);
    Random random(2);
    for (int round = 0; round < 300; ++round) {
        std::string file = whole;
        file[random.next() % file.size()] = static_cast<char>(random.next());
        try {
            const auto face = FaceGeometry::read(std::as_bytes(std::span(file)), "face");
            for (const auto& triangle : face.triangles) {
                for (const int index : triangle)
                    ASSERT_LT(static_cast<std::size_t>(index), face.vertices.size());
            }
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::model_corrupt);
        }
    }
}

}  // namespace
}  // namespace ditto::checkpoints
