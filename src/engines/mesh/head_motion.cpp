#include "engines/mesh/head_motion.h"

#include <algorithm>
#include <cmath>

namespace ditto::mesh {
namespace {

constexpr double yaw_deviation_deg = 2.1;
constexpr double pitch_deviation_deg = 1.0;
constexpr double roll_deviation_deg = .9;
constexpr double sway_deviation = .012;  // D
constexpr double limit_deg = 6;

/// Keeps rare large values of the noise within what a photo can bear, smoothly.
double limited(double degrees) {
    return limit_deg * std::tanh(degrees / limit_deg);
}

}  // namespace

HeadMotion::HeadMotion(const Controls& controls, double photo_yaw_deg)
    : yaw_(static_cast<std::uint64_t>(controls.seed), 1, 1.9),
      pitch_(static_cast<std::uint64_t>(controls.seed), 2, 1.6),
      roll_(static_cast<std::uint64_t>(controls.seed), 3, 2.4),
      sway_(static_cast<std::uint64_t>(controls.seed), 4, 2.7),
      frame_s_(1 / controls.fps),
      amount_(controls.head_motion * std::clamp(1.3 - std::abs(photo_yaw_deg) / 50, .45, 1.)),
      pose_yaw_deg_(controls.pose_yaw),
      pose_pitch_deg_(controls.pose_pitch),
      pose_roll_deg_(controls.pose_roll) {}

void HeadMotion::next(const ArticulationFrame& voice, FaceState& state) {
    activity_ += (voice.voice - activity_) * std::min(frame_s_ / .5, 1.);
    baseline_ += (voice.emphasis - baseline_) * std::min(frame_s_ / 3, 1.);
    // A critically damped spring of 1.4 Hz pulls the nod towards what the emphasis asks for.
    const double wanted_deg = 4.5 * std::max(voice.emphasis - baseline_, 0.);
    constexpr double stiffness = 8.8;
    const int parts = 4;
    for (int i = 0; i < parts; ++i) {
        const double part_s = frame_s_ / parts;
        nod_speed_ +=
            (stiffness * stiffness * (wanted_deg - nod_deg_) - 2 * stiffness * nod_speed_) * part_s;
        nod_deg_ += nod_speed_ * part_s;
    }
    const double strength = amount_ * (.45 + .55 * activity_);
    const auto angle = [&](double degrees) { return static_cast<float>(limited(degrees)); };
    state.yaw_deg = angle(pose_yaw_deg_ + strength * yaw_deviation_deg * yaw_(time_s_));
    state.pitch_deg = angle(pose_pitch_deg_ + strength * pitch_deviation_deg * pitch_(time_s_) +
                            amount_ * (nod_deg_ - .4));
    state.roll_deg =
        angle(pose_roll_deg_ + strength * (roll_deviation_deg * roll_(time_s_) +
                                           .35 * yaw_deviation_deg * yaw_(time_s_ - .12)));
    state.shift_x = static_cast<float>(strength * sway_deviation * sway_(time_s_));
    state.shift_y = static_cast<float>(strength * .5 * sway_deviation * pitch_(time_s_ - .1));
    time_s_ += frame_s_;
}

}  // namespace ditto::mesh
