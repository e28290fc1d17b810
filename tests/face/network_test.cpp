// The converted networks against numbers from an independent interpreter (tests/data/face).
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "nn/session.h"

namespace ditto {
namespace {

// The reference computes in double precision; the worst difference of 32-bit floats seen on this
// picture is below 2e-4 (pixels of the 192-pixel crop, and raw detector numbers alike).
constexpr double tolerance = 1e-3;

std::string test_data(const std::string& name) {
    std::ifstream in(std::string(DITTO_TEST_DATA) + "/face/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Tensor picture(const std::string& name, std::int64_t size, float scale, float offset) {
    const std::string bytes = test_data(name);
    Tensor tensor(DataType::f32, {1, size, size, 3});
    auto values = tensor.values<float>();
    EXPECT_EQ(bytes.size(), values.size());
    for (std::size_t i = 0; i < values.size() && i < bytes.size(); ++i) {
        values[i] = static_cast<float>(static_cast<unsigned char>(bytes[i])) * scale + offset;
    }
    return tensor;
}

void expect_reference(const std::vector<Tensor>& outputs, const std::string& name) {
    const std::string bytes = test_data(name);
    std::vector<float> reference(bytes.size() / sizeof(float));
    std::memcpy(reference.data(), bytes.data(), bytes.size());
    std::size_t at = 0;
    double worst = 0;
    for (const Tensor& output : outputs) {
        for (const float value : output.values<float>()) {
            ASSERT_LT(at, reference.size());
            worst = std::max(worst, std::abs(static_cast<double>(value - reference[at++])));
        }
    }
    EXPECT_EQ(at, reference.size());
    EXPECT_LT(worst, tolerance);
    testing::Test::RecordProperty("worst", std::to_string(worst));
}

nn::Session load(const std::string& name) {
    return {nn::Runtime::open(), std::filesystem::path(DITTO_BINARY_DIR) / "models" / name};
}

TEST(FaceNetworks, DetectorMatchesReference) {
    const nn::Session session = load("face_detector.onnx");
    const Tensor input = picture("detector_input.rgb", 128, 1 / 127.5F, -1);
    expect_reference(session.run({{"input", input.view()}}, {"regressors", "classificators"}),
                     "detector_reference.f32");
}

TEST(FaceNetworks, MeshMatchesReference) {
    const nn::Session session = load("face_mesh.onnx");
    const Tensor input = picture("mesh_input.rgb", 192, 1 / 255.F, 0);
    expect_reference(
        session.run({{"input_1", input.view()}},
                    {"output_mesh_identity", "output_lips", "output_left_eye", "output_right_eye",
                     "output_left_iris", "output_right_iris", "conv_faceflag"}),
        "mesh_reference.f32");
}

}  // namespace
}  // namespace ditto
