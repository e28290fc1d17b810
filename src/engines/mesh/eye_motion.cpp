#include "engines/mesh/eye_motion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ditto::mesh {
namespace {
/// Radius of the eyeball, D (12 mm of 63 mm).
constexpr double eyeball = .19;
}  // namespace

EyeMotion::EyeMotion(const Controls& controls)
    : random_(static_cast<std::uint64_t>(controls.seed), 17),
      frame_s_(1 / controls.fps),
      mean_interval_s_(controls.blink_interval > 0 ? controls.blink_interval
                                                   : std::numeric_limits<double>::infinity()),
      gaze_amount_(controls.gaze) {
    plan_blink();
    blink_start_s_ = mean_interval_s_ * random_.uniform(.3, .7);
}

void EyeMotion::plan_blink() {
    // Skewed like people's intervals: most short, some long.
    const double skewed = random_.uniform() * random_.uniform();
    blink_start_s_ = time_s_ + mean_interval_s_ * (.5 + 1.6 * skewed + random_.uniform(0, .2));
    blink_length_s_ = random_.uniform(.2, .29);
}

double EyeMotion::blink_closure() const {
    const double since = time_s_ - blink_start_s_;
    if (since < 0 || since > blink_length_s_) return 0;
    // 30 % down, closed for at least one frame, the rest up; eased at both ends.
    const double down_s = .3 * blink_length_s_;
    const double closed_s = std::max(.2 * blink_length_s_, frame_s_);
    const double up_s = blink_length_s_ - down_s - closed_s;
    const auto eased = [](double t) { return t * t * (3 - 2 * t); };
    if (since < down_s) return eased(since / down_s);
    if (since < down_s + closed_s) return 1;
    return eased(std::clamp((blink_length_s_ - since) / up_s, 0., 1.));
}

void EyeMotion::next(const ArticulationFrame& voice, FaceState& state) {
    if (time_s_ > blink_start_s_ + blink_length_s_) plan_blink();
    const bool speaking = voice.voice > (speaking_ ? .3F : .6F);
    // The end of a phrase is where people blink.
    if (speaking_ && !speaking && blink_start_s_ - time_s_ < .5 * mean_interval_s_ &&
        blink_start_s_ > time_s_ && std::isfinite(blink_start_s_)) {
        blink_start_s_ = time_s_ + .08;
    }
    speaking_ = speaking;
    const auto closure = static_cast<float>(blink_closure());
    // A blink goes all the way down from wherever the expression holds the lid.
    state.blink_left += (1 - state.blink_left) * closure;
    state.blink_right += (1 - state.blink_right) * closure;

    if (time_s_ >= jump_s_) {
        jump_s_ = time_s_ + random_.uniform(.7, 2.6);
        const bool on_viewer = random_.uniform() < .55;
        target_x_ = on_viewer ? 0 : random_.uniform(-.02, .02);
        target_y_ = on_viewer ? 0 : random_.uniform(-.008, .01);
    }
    const double follow = 1 - std::exp(-frame_s_ / .028);  // a jump takes some 50 ms
    gaze_x_ += (target_x_ - gaze_x_) * follow;
    gaze_y_ += (target_y_ - gaze_y_) * follow;
    const double radians = std::numbers::pi / 180;
    state.gaze_x +=
        static_cast<float>(gaze_amount_ * (gaze_x_ - eyeball * std::sin(state.yaw_deg * radians)));
    state.gaze_y += static_cast<float>(gaze_amount_ *
                                       (gaze_y_ - eyeball * std::sin(state.pitch_deg * radians)));
    time_s_ += frame_s_;
}

}  // namespace ditto::mesh
