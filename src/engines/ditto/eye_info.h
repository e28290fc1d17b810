#pragma once

#include <array>
#include <span>

#include "core/affine.h"

namespace ditto::reenact {

/// How far the eyes are open and where they look, measured on MediaPipe's 478 points.
/// Method: Ditto, core/utils/eye_info.py.
struct EyeInfo {
    /// Sum of three lid distances over the eye's width: image-left eye, image-right eye.
    std::array<float, 2> open{};
    /// Distance of the iris from the eye's middle times (its direction less the eye's direction):
    /// x of both eyes, y of both, z of both.
    std::array<float, 6> ball{};
};

/// `points`: 478 points in units of the crop's side (0..1). Throws Error{internal} on another
/// count.
EyeInfo eye_info(std::span<const Point3> points);

}  // namespace ditto::reenact
