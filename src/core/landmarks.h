#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/affine.h"
#include "core/image.h"

namespace ditto {

/// Frames of reference: which picture's pixels a point is measured in.
struct PhotoFrame {};
struct CropFrame {};

/// Face landmarks in pixels of one frame of reference; z in the same unit, smaller is nearer to
/// the camera. Pixel centres lie at .5.
template <class Frame>
struct Landmarks {
    std::vector<Point3> points;

    std::size_t size() const { return points.size(); }
    const Point3& operator[](std::size_t i) const { return points[i]; }
};

using PhotoLandmarks = Landmarks<PhotoFrame>;
using CropLandmarks = Landmarks<CropFrame>;

/// The smallest box of whole pixels that holds all points, cut to `bounds`.
Rect box_around(std::span<const Point3> points, const Rect& bounds);

}  // namespace ditto
