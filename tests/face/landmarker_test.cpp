#include "face/landmarker.h"

#include <gtest/gtest.h>

#include "face/head_pose.h"
#include "face/mesh_points.h"
#include "face_fixture.h"

namespace ditto::face {
namespace {

class Landmarks478 : public FaceFixture {
  protected:
    static FaceMesh locate(const Image& photo) {
        return models().landmarker.locate(photo, models().detector.detect(photo).at(0));
    }
};

void expect_near(const Point3& point, double x, double y, double tolerance) {
    EXPECT_NEAR(point.x, x, tolerance);
    EXPECT_NEAR(point.y, y, tolerance);
}

TEST_F(Landmarks478, LieOnThePortrait) {
    const FaceMesh mesh = locate(portrait());
    ASSERT_EQ(mesh.landmarks.size(), FaceMesh::point_count);
    EXPECT_GT(mesh.presence, .99);
    // Read off the enlarged photo by eye.
    expect_near(mesh.landmarks[468], 203.5, 101.0, 1.5);  // pupils
    expect_near(mesh.landmarks[473], 246.5, 103.5, 1.5);
    expect_near(mesh.landmarks[left_mouth_corner], 202.0, 139.5, 2.5);
    expect_near(mesh.landmarks[right_mouth_corner], 245.5, 140.0, 2.5);
    expect_near(mesh.landmarks[152], 221, 178, 4);          // chin
    EXPECT_LT(mesh.landmarks[1].z, mesh.landmarks[234].z);  // the nose is nearer than the ear
}

TEST_F(Landmarks478, FollowTheFaceWhenThePhotoTurns) {
    const FaceMesh upright = locate(portrait());
    for (const double angle_deg : {-45., 30.}) {
        FaceMesh turned = locate(turned_portrait(angle_deg));
        const Affine to_portrait = turned_by(angle_deg).crop_to_photo(600);
        for (Point3& point : turned.landmarks.points) {
            const Point2 back = to_portrait(point.xy());
            point = {back.x, back.y, point.z};
        }
        EXPECT_LT(distance_in_eyes(upright.landmarks, turned.landmarks), .04) << angle_deg;
    }
}

TEST_F(Landmarks478, AreTrackedFromFrameToFrame) {
    const FaceMesh first = locate(portrait());
    const Region moved{{262, 259}, 512, 0};
    const Image next = sample(portrait(), moved.crop_to_photo(512), 512, 512);
    const FaceMesh second = models().landmarker.track(next, first.landmarks);
    EXPECT_TRUE(second.present());
    expect_near(second.landmarks[468], first.landmarks[468].x - 6, first.landmarks[468].y - 3, 1);
    const FaceMesh lost = models().landmarker.track(Image(512, 512), first.landmarks);
    EXPECT_FALSE(lost.present());
}

TEST_F(Landmarks478, AreTheSameEveryTime) {
    const FaceMesh a = locate(portrait());
    const FaceMesh b = locate(portrait());
    EXPECT_EQ(distance_in_eyes(a.landmarks, b.landmarks), 0);
}

TEST_F(Landmarks478, HoldStillOnPeopleOnly) {
    EXPECT_LT(unsteadiness(models().landmarker, portrait(), locate(portrait())), .025);
    const Image cat = test_photo("cat.jpg");
    EXPECT_GT(unsteadiness(models().landmarker, cat, locate(cat)), .06);
}

TEST_F(Landmarks478, ARegionIsUprightWithTheFace) {
    const Region region = region_of(locate(turned_portrait(30)).landmarks);
    // The head leans a little by itself.
    EXPECT_NEAR(region.angle_rad * 180 / std::numbers::pi, -30 + 3, 3);
    EXPECT_NEAR(region.side, 1.5 * 108 * 600 / 400, 25);
}

}  // namespace
}  // namespace ditto::face
