#pragma once

#include "core/image.h"
#include "engines/mesh/curve.h"
#include "engines/mesh/face_geometry.h"

namespace ditto::mesh {

struct LipCurves {
    Curve upper;  // lower edge of the upper lip
    Curve lower;  // upper edge of the lower lip; never above `upper`
    Curve middle;
};

/// The inner edges of the lips in the mouth's frame (D). Where the landmarks say that the lips
/// touch, both curves become one: the darkest path between the corners, found by dynamic
/// programming within .05 D of the landmarks, since a split that runs beside the real line tears
/// a strip off one lip.
LipCurves find_lip_curves(const Image& photo, const LocalFrame& frame, const Curve& upper,
                          const Curve& lower, float left, float right);

}  // namespace ditto::mesh
