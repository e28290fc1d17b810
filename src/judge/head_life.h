#pragma once

#include <vector>

#include "judge/statistics.h"

// What else moves in a face: blinks and the head.
namespace ditto::judge {

struct Blink {
    double at_s = 0;
    /// From when the lids begin to close to when they are open again, each taken where 15 % of the
    /// way is done, between the frames.
    double duration_s = 0;
};

/// Where the eyes' opening falls under half of what is usual around it, for less than a second.
std::vector<Blink> find_blinks(const Curve& eye_opening);

/// Mean standard deviation over windows of 10 s that overlap by half; over all of a shorter curve.
double movement(const Curve& angle_deg);

}  // namespace ditto::judge
