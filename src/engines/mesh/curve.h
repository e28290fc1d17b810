#pragma once

#include <vector>

#include "engines/mesh/vec.h"

namespace ditto::mesh {

/// y over x through given points: monotone cubic (Fritsch and Carlson, 1980), which neither
/// overshoots nor wiggles. Beyond its ends it keeps the end's value.
class Curve {
  public:
    Curve() = default;
    /// At least two points; sorted by x here, points closer than 1e-4 in x are merged.
    explicit Curve(std::vector<Vec2> points);

    float operator()(float x) const;
    float first_x() const { return points_.front().x; }
    float last_x() const { return points_.back().x; }

  private:
    std::vector<Vec2> points_;
    std::vector<float> slopes_;
};

}  // namespace ditto::mesh
