#pragma once

#include "articulation/articulation.h"
#include "core/random.h"
#include "engine/controls.h"
#include "engines/mesh/face_state.h"

namespace ditto::mesh {

/// Blinks and gaze. Blinks come after half to twice their mean interval, sooner when a phrase ends,
/// last 200 to 290 ms and close faster than they open. The eyes rest on the viewer: they turn
/// against the head, with small jumps around.
class EyeMotion {
  public:
    /// Of `controls`: seed, fps, blink_interval, gaze.
    explicit EyeMotion(const Controls& controls);

    /// Sets blink and gaze of `state`, whose head fields must be set.
    void next(const ArticulationFrame& voice, FaceState& state);

  private:
    void plan_blink();
    double blink_closure() const;

    Random random_;
    double frame_s_;
    double mean_interval_s_;
    double gaze_amount_;
    double time_s_ = 0;
    double blink_start_s_ = 0;
    double blink_length_s_ = 0;
    double jump_s_ = 0;    // when the gaze jumps next
    double target_x_ = 0;  // D
    double target_y_ = 0;
    double gaze_x_ = 0;
    double gaze_y_ = 0;
    bool speaking_ = false;
};

}  // namespace ditto::mesh
