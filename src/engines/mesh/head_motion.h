#pragma once

#include "articulation/articulation.h"
#include "engine/controls.h"
#include "engines/mesh/face_state.h"
#include "engines/mesh/smooth_noise.h"

namespace ditto::mesh {

/// The head of a person who speaks: slow wandering in three axes, larger while speaking, and nods
/// that go with emphasis through a damped spring. Frame by frame, bounded memory.
class HeadMotion {
  public:
    /// Of `controls`: seed, fps, head_motion (1 = standard deviations of about 2 degrees of yaw
    /// and 1.2 of pitch), pose_* (kept within what a photo bears, about 6 degrees).
    /// `photo_yaw_deg`: a head already turned in the photo moves less, since what it hides cannot
    /// be shown.
    HeadMotion(const Controls& controls, double photo_yaw_deg);

    /// Sets the head fields of `state`.
    void next(const ArticulationFrame& voice, FaceState& state);

  private:
    SmoothNoise yaw_;
    SmoothNoise pitch_;
    SmoothNoise roll_;
    SmoothNoise sway_;
    double frame_s_;
    double amount_;
    double pose_yaw_deg_;
    double pose_pitch_deg_;
    double pose_roll_deg_;
    double time_s_ = 0;
    double activity_ = 0;   // follows the voice within half a second
    double nod_deg_ = 0;    // spring
    double nod_speed_ = 0;  // degrees/s
    double baseline_ = 0;   // mean emphasis of the last seconds
};

}  // namespace ditto::mesh
