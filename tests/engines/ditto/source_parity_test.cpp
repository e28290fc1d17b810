#include <gtest/gtest.h>

#include "engines/ditto/eye_info.h"
#include "engines/ditto/motion.h"
#include "reference.h"

namespace ditto::reenact {
namespace {

using reference::floats;
using reference::motion_info;

TEST(SourceParity, EyesAsEyeAttrUtils) {
    const std::vector<float> values = reference::wave(478 * 3, 9);
    std::vector<Point3> points;
    const auto at = [&](std::size_t i) { return values[i] * .4F + .5F; };
    for (std::size_t i = 0; i < values.size(); i += 3)
        points.push_back({at(i), at(i + 1), at(i + 2)});
    const EyeInfo eyes = eye_info(points);
    const std::vector<float> expected = floats("eyes");
    ASSERT_EQ(expected.size(), 8U);
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_NEAR(eyes.open[i], expected[i], 1e-4);
    for (std::size_t i = 0; i < 6; ++i)
        EXPECT_NEAR(eyes.ball[i], expected[2 + i], 1e-4);
}

TEST(SourceParity, MeanOf13FramesAsSmoothSourceInfo) {
    std::vector<MotionInfo> frames;
    for (int i = 0; i < 17; ++i)
        frames.push_back(motion_info(20 + 7 * i, 1 + .01F * static_cast<float>(i)));
    smooth(frames, 13);
    const std::vector<float> expected = floats("smooth_source");
    std::size_t next = 0;
    for (const MotionInfo& frame : frames) {
        const MotionVector vector = to_vector(frame);
        for (std::size_t k = 0; k < motion_size; k += 5)
            EXPECT_NEAR(vector[k] + (k == 0 ? 1 : 0), expected[next++], 1e-5);
        for (std::size_t k = 0; k < frame.canonical.size(); k += 5)
            EXPECT_NEAR(frame.canonical[k], expected[next++], 1e-5);
    }
    EXPECT_EQ(next, expected.size());
}

TEST(SourceParity, AnglesAsBin66ToDegree) {
    const Pose pose = pose_of(motion_info(3));
    const std::vector<float> expected = floats("angles");
    EXPECT_NEAR(pose.pitch_deg, expected[0], 1e-4);
    EXPECT_NEAR(pose.yaw_deg, expected[1], 1e-4);
    EXPECT_NEAR(pose.roll_deg, expected[2], 1e-4);
}

TEST(SourceParity, KeypointsAsTransformKeypoint) {
    const MotionInfo info = motion_info(3);
    const Keypoints keypoints = transformed(info.canonical, pose_of(info));
    const std::vector<float> expected = floats("transformed");
    for (std::size_t i = 0; i < keypoints.size(); ++i)
        EXPECT_NEAR(keypoints[i], expected[i], 1e-5);
}

TEST(SourceParity, VectorHoldsAllButTheCanonicalKeypoints) {
    MotionInfo info = motion_info(8);
    info.canonical = {};
    EXPECT_EQ(to_vector(from_vector(to_vector(info))), to_vector(info));
    EXPECT_EQ(from_vector(to_vector(info)).expression, info.expression);
}

}  // namespace
}  // namespace ditto::reenact
