#include "face/head_pose.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "face_fixture.h"

namespace ditto::face {
namespace {

CanonicalMesh canonical() {
    return CanonicalMesh::load(models_folder() / "canonical_face.txt");
}

PhotoLandmarks photographed(const CanonicalMesh& mesh, const HeadPose& pose) {
    PhotoLandmarks result;
    for (const Point3& vertex : mesh.vertices)
        result.points.push_back(pose.to_photo(vertex));
    return result;
}

TEST(CanonicalMesh, IsAsPublished) {
    const CanonicalMesh mesh = canonical();
    EXPECT_EQ(mesh.vertices.size(), 468U);
    EXPECT_EQ(mesh.triangles.size(), 898U);
    EXPECT_EQ(mesh.pose_weights.size(), 33U);
    EXPECT_GT(mesh.vertices[1].z, mesh.vertices[234].z);   // nose before ear
    EXPECT_GT(mesh.vertices[10].y, mesh.vertices[152].y);  // forehead above chin
    EXPECT_LT(mesh.vertices[33].x, mesh.vertices[263].x);
}

TEST(CanonicalMesh, RefusesDamagedFiles) {
    const auto path = std::filesystem::path(testing::TempDir()) /
                      ("damaged_canonical_face_" + std::to_string(getpid()) + ".txt");
    for (const char* text : {"", "v 1 2 3", "f 0 1 9999\n", "p 0 x\n", "q 1\n", "f 0 1 -1\n"}) {
        std::ofstream(path) << text;
        EXPECT_THROW(CanonicalMesh::load(path), Error) << text;
    }
    std::filesystem::remove(path);
    EXPECT_THROW(CanonicalMesh::load(path), Error);
}

TEST(HeadPose, IsRecovered) {
    const CanonicalMesh mesh = canonical();
    for (const double yaw : {-60., -20., 0., 35.}) {
        for (const double pitch : {-30., 0., 15.}) {
            for (const double roll : {-45., 0., 80.}) {
                const HeadPose pose{.yaw_deg = yaw,
                                    .pitch_deg = pitch,
                                    .roll_deg = roll,
                                    .rotation = rotation_of(yaw, pitch, roll),
                                    .translation = {320, 240, -5},
                                    .scale = 12.5};
                const HeadPose found = fit_head_pose(photographed(mesh, pose), mesh);
                EXPECT_NEAR(found.yaw_deg, yaw, 1e-6);
                EXPECT_NEAR(found.pitch_deg, pitch, 1e-6);
                EXPECT_NEAR(found.roll_deg, roll, 1e-6);
                EXPECT_NEAR(found.scale, 12.5, 1e-6);
                EXPECT_NEAR(found.translation.x, 320, 1e-6);
                EXPECT_NEAR(found.translation.y, 240, 1e-6);
                EXPECT_NEAR(found.translation.z, -5, 1e-6);
            }
        }
    }
}

TEST(HeadPose, SignsAreAsDocumented) {
    const auto nose = [](double yaw, double pitch, double roll) {
        const HeadPose pose{.rotation = rotation_of(yaw, pitch, roll)};
        return pose.to_photo({0, 0, 1});
    };
    EXPECT_GT(nose(20, 0, 0).x, .3);   // to the image's right
    EXPECT_LT(nose(0, 20, 0).y, -.3);  // up in the photo
    const HeadPose leaning{.rotation = rotation_of(0, 0, 20)};
    EXPECT_GT(leaning.to_photo({1, 0, 0}).y, .3);  // clockwise: the right side sinks
    EXPECT_LT(nose(0, 0, 0).z, 0);                 // nearer than the middle of the head
}

TEST(HeadPose, MapsBothWays) {
    const HeadPose pose{
        .rotation = rotation_of(20, -10, 30), .translation = {100, 200, 3}, .scale = 7};
    const Point3 back = pose.to_canonical(pose.to_photo({1, -2, 3}));
    EXPECT_NEAR(back.x, 1, 1e-9);
    EXPECT_NEAR(back.y, -2, 1e-9);
    EXPECT_NEAR(back.z, 3, 1e-9);
}

}  // namespace
}  // namespace ditto::face
