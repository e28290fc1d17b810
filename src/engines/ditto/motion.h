#pragma once

#include <array>
#include <cstddef>
#include <span>

// The motion of a face as Ditto's networks speak of it: LivePortrait's implicit keypoints.
namespace ditto::reenact {

inline constexpr std::size_t keypoint_count = 21;
inline constexpr std::size_t bin_count = 66;
inline constexpr double motion_fps = 25;

/// 21 points, x y z each.
using Keypoints = std::array<float, keypoint_count * 3>;

/// A head angle as 66 class scores, 3 degrees apart.
using AngleBins = std::array<float, bin_count>;

/// What the motion extractor finds in a picture: canonical keypoints and how they are moved.
struct MotionInfo {
    float scale = 1;
    AngleBins pitch{};
    AngleBins yaw{};
    AngleBins roll{};
    std::array<float, 3> translation{};  // t
    Keypoints expression{};              // exp, delta of each keypoint
    Keypoints canonical{};               // kp, x_c
};

/// scale - 1, pitch 66, yaw 66, roll 66, t 3, exp 63: what the diffusion model predicts.
inline constexpr std::size_t motion_size = 1 + 3 * bin_count + 3 + keypoint_count * 3;
static_assert(motion_size == 265);
using MotionVector = std::array<float, motion_size>;
/// Where the expression begins in a MotionVector; what lies before is pose.
inline constexpr std::size_t expression_offset = 1 + 3 * bin_count + 3;

MotionVector to_vector(const MotionInfo& info);
/// The canonical keypoints are not part of a vector and stay zero.
MotionInfo from_vector(const MotionVector& vector);

/// softmax(bins) . (0..65) * 3 - 97.5
double degrees(const AngleBins& bins);

/// One head pose and expression, angles in degrees.
struct Pose {
    float scale = 1;
    double pitch_deg = 0;
    double yaw_deg = 0;
    double roll_deg = 0;
    std::array<float, 3> translation{};
    Keypoints expression{};
};

Pose pose_of(const MotionInfo& info);

/// x = scale * (x_c R + expression), then + t in x and y. R = (Rz Ry Rx) transposed.
/// LivePortrait, equation 2.
Keypoints transformed(const Keypoints& canonical, const Pose& pose);

/// Video sources: every field as the mean over `window` frames around each, fewer at the ends.
void smooth(std::span<MotionInfo> frames, int window);

/// 0 1 2 ... n-1 n-1 ... 1 0 0 1 ...: plays a clip forwards and backwards. size > 0.
std::size_t mirror_index(std::size_t index, std::size_t size);

}  // namespace ditto::reenact
