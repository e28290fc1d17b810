#include "face/detector.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/error.h"
#include "face_fixture.h"

namespace ditto::face {
namespace {

DetectedFace face_at(double x, double width, double score) {
    return {.centre = {x, 100}, .width = width, .height = width, .score = score};
}

TEST(MergedFaces, AveragesOverlappingBoxesByScore) {
    const auto faces = merged({face_at(100, 50, .6), face_at(110, 50, .9), face_at(400, 50, .7)});
    ASSERT_EQ(faces.size(), 2U);
    EXPECT_NEAR(faces[0].centre.x, (100 * .6 + 110 * .9) / 1.5, 1e-9);
    EXPECT_EQ(faces[0].score, .9);
    EXPECT_EQ(faces[1].centre.x, 400);
    EXPECT_TRUE(merged({}).empty());
}

TEST(MergedFaces, KeepsNeighbours) {
    EXPECT_EQ(merged({face_at(100, 50, .6), face_at(140, 50, .9)}).size(), 2U);
}

class Detection : public FaceFixture {};

TEST_F(Detection, FindsThePortrait) {
    const auto faces = models().detector.detect(portrait());
    ASSERT_EQ(faces.size(), 1U);
    EXPECT_NEAR(faces[0].centre.x, 225, 5);
    EXPECT_NEAR(faces[0].centre.y, 128, 5);
    EXPECT_NEAR(faces[0].width, 94, 8);
    EXPECT_NEAR(faces[0].keypoints[0].x, 204, 4);  // eye on the image's left
    EXPECT_NEAR(faces[0].keypoints[1].x, 247, 4);
    EXPECT_NEAR(faces[0].keypoints[3].y, 147, 5);  // mouth
}

TEST_F(Detection, FindsLeaningFaces) {
    for (const double angle_deg : {-45., -20., 20., 45.}) {
        const auto faces = models().detector.detect(turned_portrait(angle_deg));
        ASSERT_FALSE(faces.empty()) << angle_deg;
        const double leans_deg = faces[0].angle_rad() * 180 / std::numbers::pi;
        EXPECT_NEAR(leans_deg, -angle_deg, 8) << angle_deg;
    }
}

TEST_F(Detection, FindsSmallFacesInTiles) {
    // 36 of 800 pixels: far below what one look at the whole photo can find.
    Image wide(800, 600);
    paste(resized(portrait(), 200, 200), 520, 330, wide);
    const Region whole{{400, 300}, 800, 0};
    EXPECT_TRUE(models().detector.detect_in(wide, whole).empty());
    const auto faces = models().detector.detect(wide);
    const Point2 middle{520 + 225 * 200 / 512., 330 + 128 * 200 / 512.};
    EXPECT_TRUE(std::ranges::any_of(faces, [&](const DetectedFace& face) {
        return length(face.centre - middle) < 6 && std::abs(face.width - 37) < 8;
    }));
}

TEST_F(Detection, FindsNothingInEmptyPictures) {
    EXPECT_TRUE(models().detector.detect(Image(300, 500)).empty());
    EXPECT_TRUE(models().detector.detect(Image()).empty());
    EXPECT_TRUE(models().detector.detect(Image(1, 1)).empty());
}

TEST_F(Detection, RefusesAnotherNetwork) {
    try {
        const Detector wrong(nn::Runtime::open(), models_folder() / "face_mesh.onnx", 1);
        FAIL() << "the mesh network was taken for a detector";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::model_mismatch);
    }
    try {
        FaceModels::load(nn::Runtime::open(), "no such folder");
        FAIL() << "models were found nowhere";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::model_missing);
    }
}

}  // namespace
}  // namespace ditto::face
