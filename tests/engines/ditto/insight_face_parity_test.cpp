#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engines/ditto/face_crop.h"
#include "engines/ditto/insight_face.h"
#include "reference.h"

namespace ditto::reenact {
namespace {

using reference::floats;

/// Positions of some hundred pixels in 32 bits, as the reference has them, up to three times over.
constexpr double pixels_of_32_bits = 1e-3;

/// What stands for the detector, as in tools/record_ditto_reference.py.
struct DetectorOutputs {
    std::array<std::vector<float>, 3> scores;
    std::array<std::vector<float>, 3> distances;

    DetectorOutputs() {
        int n = 0;
        for (std::size_t level = 0; level < 3; ++level) {
            const int end = n + std::array{8192, 2048, 512}[level];
            for (; n < end; ++n) {
                const int rank = static_cast<int>(std::int64_t{n} * 7919 % 10753);
                scores[level].push_back(
                    static_cast<float>(rank < 150 ? (rank + 201) / 400. : rank / 40000.));
                for (int j = 0; j < 4; ++j) {
                    distances[level].push_back(
                        static_cast<float>((n * 31 + j * 17) % 50 / 10. + 1));
                }
            }
        }
    }
    std::vector<FaceBox> boxes(double scale) const {
        const std::array<std::span<const float>, 3> all_scores{scores[0], scores[1], scores[2]};
        const std::array<std::span<const float>, 3> all_distances{distances[0], distances[1],
                                                                  distances[2]};
        return face_boxes(all_scores, all_distances, scale);
    }
};

/// What stands for the landmarks: points around the crop's middle, in sides of the crop.
std::vector<Point2> average_face(int count) {
    const auto shifts = reference::wave(static_cast<std::size_t>(count) * 2, 12);
    std::vector<Point2> points;
    for (int i = 0; i < count; ++i) {
        const double angle = i * 2.399963;
        const double radius = .25 * std::sqrt((i + .5) / count);
        const auto at = static_cast<std::size_t>(2 * i);
        points.push_back({radius * std::cos(angle) + .01 + shifts[at] * .03,
                          radius * std::sin(angle) - .02 + shifts[at + 1] * .03});
    }
    return points;
}

std::vector<Point2> found_106(const FaceBox& box) {
    std::vector<float> found;
    for (const Point2 point : average_face(106)) {
        found.push_back(static_cast<float>(point.x * 2));
        found.push_back(static_cast<float>(point.y * 2));
    }
    return landmarks_in_photo(found, box);
}

double largest_distance(const std::vector<Point2>& actual, const std::string& recorded) {
    const auto expected = floats(recorded);
    if (expected.size() != 2 * actual.size()) return std::numeric_limits<double>::max();
    double largest = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        largest =
            std::max(largest, length(actual[i] - Point2{expected[2 * i], expected[2 * i + 1]}));
    }
    return largest;
}

class InsightFaceBoxes : public testing::TestWithParam<std::tuple<std::string, int, int>> {};

TEST_P(InsightFaceBoxes, AreThoseOfTheReference) {
    const auto& [name, width, height] = GetParam();
    const auto boxes = DetectorOutputs().boxes(detector_input(Image(width, height)).scale);
    const auto expected = floats("insightface_boxes_" + name);
    ASSERT_EQ(boxes.size() * 5, expected.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        EXPECT_NEAR(boxes[i].left, expected[5 * i], pixels_of_32_bits);
        EXPECT_NEAR(boxes[i].top, expected[5 * i + 1], pixels_of_32_bits);
        EXPECT_NEAR(boxes[i].right, expected[5 * i + 2], pixels_of_32_bits);
        EXPECT_NEAR(boxes[i].bottom, expected[5 * i + 3], pixels_of_32_bits);
        EXPECT_EQ(boxes[i].score, expected[5 * i + 4]);
    }
}

INSTANTIATE_TEST_SUITE_P(Parity, InsightFaceBoxes,
                         testing::Values(std::tuple("wide", 700, 390),
                                         std::tuple("tall", 301, 640)),
                         [](const auto& of) { return std::get<0>(of.param); });

TEST(InsightFaceParity, PointsOfABoxAsLandmark106) {
    EXPECT_LT(
        largest_distance(found_106({250.25F, 90.5F, 410.75F, 300.125F, .9F}), "insightface_106"),
        pixels_of_32_bits);
}

TEST(InsightFaceParity, FromBoxesTo203PointsAndTheirCropAsSource2Info) {
    const auto boxes = DetectorOutputs().boxes(detector_input(Image(700, 390)).scale);
    const FaceBox largest = *std::ranges::max_element(boxes, {}, &FaceBox::area);
    const auto points = found_106(largest);
    const FaceCrop tight =
        face_crop(points, axis_of_106(points), {.size = 224, .scale = 1.5, .vy_ratio = -.1});
    std::vector<Point2> refined;
    for (const Point2 point : average_face(203))
        refined.push_back(tight.crop_to_photo((point + Point2{.5, .5}) * 224));
    EXPECT_LT(largest_distance(refined, "insightface_203"), pixels_of_32_bits);

    const FaceCrop crop = face_crop(refined, axis_of_203(refined), {});
    const auto m = floats("insightface_crop_map");
    const Affine expected{m[0], m[1], m[2], m[3], m[4], m[5]};
    for (const Point2 corner : {Point2{0, 0}, {512, 0}, {0, 512}, {512, 512}})
        EXPECT_LT(length(crop.crop_to_photo(corner) - expected(corner)), pixels_of_32_bits);
}

TEST(InsightFaceInput, OfTheDetectorIsBlueGreenRedInTheUpperLeftCorner) {
    Image photo(600, 300);
    for (int y = 0; y < 300; ++y) {
        for (int x = 0; x < 600; ++x) {
            photo.pixel(x, y)[0] = 255;
            photo.pixel(x, y)[1] = 100;
        }
    }
    const DetectorInput input = detector_input(photo);
    EXPECT_EQ(input.image.shape(), (Shape{1, 3, 512, 512}));
    EXPECT_DOUBLE_EQ(input.scale, 256 / 300.);
    const auto values = input.image.values<float>();
    const auto at = [&](std::size_t c, std::size_t y, std::size_t x) {
        return values[(c * 512 + y) * 512 + x];
    };
    constexpr float black = -127.5F / 128;
    EXPECT_EQ(at(0, 0, 0), black);
    EXPECT_EQ(at(1, 255, 511), (100 - 127.5F) / 128);
    EXPECT_EQ(at(2, 255, 511), 127.5F / 128);
    for (const std::size_t c : {0U, 1U, 2U})
        EXPECT_EQ(at(c, 256, 3), black);
}

TEST(InsightFaceInput, OfTheLandmarksIsOneAndAHalfTimesTheBox) {
    Image photo(400, 300);
    for (int y = 100; y < 200; ++y) {
        for (int x = 150; x < 214; ++x)
            photo.pixel(x, y)[2] = 200;
    }
    const Tensor input = landmark_input(photo, {150, 100, 214, 200, 1});
    EXPECT_EQ(input.shape(), (Shape{1, 3, 192, 192}));
    const auto values = input.values<float>();
    const auto blue = [&](std::size_t y, std::size_t x) { return values[y * 192 + x]; };
    EXPECT_EQ(blue(96, 96), 200);
    EXPECT_EQ(blue(36, 96), 200);
    EXPECT_EQ(blue(28, 96), 0);
    EXPECT_EQ(blue(96, 60), 200);
    EXPECT_EQ(blue(96, 52), 0);
    EXPECT_EQ(values[192 * 192 + 96 * 192 + 96], 0);
}

TEST(InsightFaceBoxesOf, NothingUsableAreNone) {
    DetectorOutputs outputs;
    for (auto& scores : outputs.scores)
        std::ranges::fill(scores, 0.F);
    EXPECT_TRUE(outputs.boxes(1).empty());
    outputs.scores[0][5] = std::numeric_limits<float>::quiet_NaN();
    outputs.scores[1][5] = .9F;
    outputs.distances[1][5 * 4] = std::numeric_limits<float>::infinity();
    outputs.scores[2][5] = .9F;
    outputs.distances[2][5 * 4 + 2] = -50;
    EXPECT_TRUE(outputs.boxes(1).empty());
    outputs.scores[2][5] = .5F;
    outputs.distances[2][5 * 4 + 2] = 3;
    EXPECT_EQ(outputs.boxes(1).size(), 1U);
}

}  // namespace
}  // namespace ditto::reenact
