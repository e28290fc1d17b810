#include "checkpoints/synthesize.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <unistd.h>

#include "checkpoints/manifest.h"
#include "core/random.h"
#include "nn/session.h"

namespace ditto::checkpoints {
namespace {

Tensor noise(const Shape& shape, double mean, double spread) {
    Tensor tensor(DataType::f32, shape);
    Random random(11);
    for (float& value : tensor.values<float>())
        value = static_cast<float>(mean + spread * random.uniform(-1, 1));
    return tensor;
}

/// Standard deviation; fails where a value is not finite.
double spread_of(const Tensor& tensor) {
    double sum = 0;
    double squares = 0;
    for (const float value : tensor.values<float>()) {
        EXPECT_TRUE(std::isfinite(value));
        sum += value;
        squares += static_cast<double>(value) * value;
    }
    const auto count = static_cast<double>(tensor.count());
    return std::sqrt(squares / count - sum * sum / count / count);
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// One tiny set for all tests of this file.
class Synthetic : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder() = std::filesystem::path(testing::TempDir()) /
                   ("synthesize_test_" + std::to_string(getpid()));
        synthesize(SyntheticSize::tiny, 5, folder());
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(folder()); }

    static std::filesystem::path& folder() {
        static std::filesystem::path path;
        return path;
    }
    static nn::Session load(const std::string& name) {
        return nn::Session(nn::Runtime::open(), folder() / "ditto_onnx" / (name + ".onnx"));
    }
};

TEST_F(Synthetic, PortsAreThoseOfTheOfficialFiles) {
    const Manifest manifest = Manifest::built_in();
    int checked = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / "ditto_onnx")) {
        const ModelFile* file = manifest.find("ditto_onnx/" + entry.path().filename().string());
        ASSERT_NE(file, nullptr) << entry.path();
        const nn::Session session = load(entry.path().stem());
        for (const ModelPort& port : file->inputs)
            session.require_input({port.name, port.type, port.shape});
        for (const ModelPort& port : file->outputs)
            session.require_output({port.name, port.type, port.shape});
        EXPECT_EQ(session.inputs().size(), file->inputs.size()) << entry.path();
        ++checked;
    }
    EXPECT_GE(checked, 8);
}

TEST_F(Synthetic, FilesAreSmallAndTheSameForTheSameSeed) {
    const auto again = folder().parent_path() / "synthesize_test_again";
    synthesize(SyntheticSize::tiny, 5, again);
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
        if (!entry.is_regular_file()) continue;
        bytes += entry.file_size();
        const auto other = again / std::filesystem::relative(entry.path(), folder());
        EXPECT_EQ(contents(entry.path()), contents(other)) << other;
    }
    EXPECT_LT(bytes, 20U << 20);
    std::filesystem::remove_all(again);
}

TEST_F(Synthetic, PictureFollowsTheKeypoints) {
    const Tensor photo = noise({1, 3, 256, 256}, 0.5, 0.5);
    const auto volume = load("appearance_extractor").run({{"image", photo.view()}}, {"pred"});
    EXPECT_GT(spread_of(volume[0]), 0.1);
    const auto motion =
        load("motion_extractor").run({{"image", photo.view()}}, {"pitch", "exp", "scale", "kp"});
    EXPECT_NEAR(motion[2].values<float>()[0], 1.2, 0.3);
    EXPECT_GT(spread_of(motion[3]), 0.1);

    const Tensor source = noise({1, 21, 3}, 0, 0.4);
    Tensor driving = source.clone();
    driving.values<float>()[5] += 0.05F;
    const nn::Session warp = load("warp_network_ori");
    const nn::Session decoder = load("decoder");
    const auto render = [&](const Tensor& keypoints) {
        auto feature = warp.run({{"feature_3d", volume[0].view()},
                                 {"kp_source", source.view()},
                                 {"kp_driving", keypoints.view()}},
                                {"out"});
        return std::move(decoder.run({{"feature", feature[0].view()}}, {"output"})[0]);
    };
    const Tensor still = render(source);
    const Tensor moved = render(driving);
    EXPECT_GT(spread_of(still), 0.05);
    double difference = 0;
    for (std::size_t i = 0; i < still.count(); ++i)
        difference += std::abs(still.values<float>()[i] - moved.values<float>()[i]);
    EXPECT_GT(255 * difference / static_cast<double>(still.count()), 1);
}

TEST_F(Synthetic, MotionFollowsTheVoice) {
    const nn::Session hubert = load("hubert");
    const auto voice = noise({1, 6480}, 0, 0.3);
    const auto heard = hubert.run({{"input_values", voice.view()}}, {"encoding_out"});
    EXPECT_EQ(heard[0].shape(), (Shape{20, 1024}));
    EXPECT_GT(spread_of(heard[0]), 0.1);

    const nn::Session lmdm = load("lmdm_v0.4_hubert");
    const Tensor x = noise({1, 80, 265}, 0, 1);
    const Tensor last = noise({1, 265}, 0, 0.1);
    const Tensor loud = noise({1, 80, 1103}, 0, 1);
    const Tensor silent(DataType::f32, {1, 80, 1103});
    const Tensor time =
        Tensor::from(std::span<const std::int64_t>(std::initializer_list<std::int64_t>{400}), {1});
    const auto start = [&](const Tensor& condition) {
        auto out = lmdm.run({{"x", x.view()},
                             {"cond_frame", last.view()},
                             {"cond", condition.view()},
                             {"time_cond", time.view()}},
                            {"pred_noise", "x_start"});
        EXPECT_GT(spread_of(out[0]), 0.1);
        return std::move(out[1]);
    };
    const Tensor speaking = start(loud);
    const Tensor quiet = start(silent);
    EXPECT_GT(spread_of(speaking), 0.01);
    double difference = 0;
    for (std::size_t i = 0; i < quiet.count(); ++i)
        difference += std::abs(quiet.values<float>()[i] - speaking.values<float>()[i]);
    EXPECT_GT(difference / static_cast<double>(quiet.count()), 0.01);
}

TEST_F(Synthetic, LandmarksAreAFaceInTheMiddle) {
    const Tensor crop = noise({1, 3, 224, 224}, 0.5, 0.5);
    const auto out = load("landmark203").run({{"input", crop.view()}}, {"landmarks"});
    const auto points = out[0].values<float>();
    ASSERT_EQ(points.size(), 406U);
    for (const float value : points)
        EXPECT_TRUE(value > 0.05F && value < 0.95F) << value;
    EXPECT_LT(points[0], points[2 * 24]) << "left eye left of the right one";
    EXPECT_LT(points[1], points[2 * 48 + 1]) << "eyes above the mouth";
}

}  // namespace
}  // namespace ditto::checkpoints
