#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "engines/ditto/motion_stitch.h"

namespace ditto::reenact {

/// From 25 motions a second to the video's frames, by linear interpolation. Holds back as many
/// frames as must know how far away the end is. A window stage.
class FrameClock {
  public:
    /// `held`: frames that are held back; 0 where the end cannot be waited for.
    FrameClock(double fps, std::int64_t held);

    std::vector<StitchInput> push(const MotionVector& motion, float mouth_open);
    /// The rest. `frames`: how many there are in all.
    std::vector<StitchInput> finish(std::int64_t frames);

  private:
    struct Moment {
        MotionVector motion;
        float mouth_open;
    };
    StitchInput at(std::int64_t frame) const;
    void forget();

    double motions_per_frame_;
    std::int64_t held_;
    std::deque<Moment> moments_;
    std::int64_t begin_ = 0;  // number of moments_.front()
    std::int64_t next_ = 0;   // frame
};

}  // namespace ditto::reenact
