#pragma once

#include <array>
#include <vector>

#include "core/image.h"
#include "core/landmarks.h"
#include "engines/mesh/curve.h"
#include "engines/mesh/vec.h"

namespace ditto::mesh {

/// A right-angled frame in the photo, in units of D: x along the feature (towards the image's
/// right), y down the face.
struct LocalFrame {
    Vec2 origin;     // photo pixels
    Vec2 x_axis;     // unit
    Vec2 y_axis;     // unit
    float unit = 1;  // D in pixels

    Vec2 to_local(Vec2 photo) const {
        const Vec2 d = photo - origin;
        return {dot(d, x_axis) / unit, dot(d, y_axis) / unit};
    }
    Vec2 to_photo(Vec2 local) const {
        return origin + (x_axis * local.x + y_axis * local.y) * unit;
    }
    /// A displacement instead of a position.
    Vec2 vector_to_photo(Vec2 local) const { return (x_axis * local.x + y_axis * local.y) * unit; }
};

/// The mouth at rest. Curves give y over x in the frame, whose origin lies midway between the
/// corners.
struct MouthGeometry {
    LocalFrame frame;
    float half_left = 0;   // D, from the origin to the left corner
    float half_right = 0;  // D
    Curve upper_inner;
    Curve lower_inner;
    Curve upper_outer;
    Curve lower_outer;
    Curve line;        // between the inner curves
    float gap = 0;     // D, inner lips at the middle
    float nose_y = 0;  // D, base of the nose (negative)
    float chin_y = 0;  // D

    /// 0 at the middle, 1 at the corners.
    float t(float x) const { return x < 0 ? -x / half_left : x / half_right; }
};

/// One eye at rest; the frame's origin lies midway between its corners.
struct EyeGeometry {
    LocalFrame frame;
    float half_width = 0;  // D
    Curve upper;           // lid edges, y over x in the frame
    Curve lower;
    Vec2 iris;                // D, in the frame
    float iris_radius = 0;    // D
    float brow_distance = 0;  // D, from the upper lid to the lower edge of the brow
};

struct BrowGeometry {
    Vec2 inner;  // photo pixels, on the brow's middle line
    Vec2 middle;
    Vec2 outer;
};

/// Everything measured once from the photo's 478 landmarks: distances in D, positions in photo
/// pixels. "Left" is the image's left.
struct FaceGeometry {
    float unit = 0;  // D: distance of the eye centres in 3-D, pixels
    Vec2 right;      // face axes in the image, unit length
    Vec2 down;
    Vec2 eye_middle;
    Vec2 chin;
    Vec2 head_centre;
    float yaw_deg = 0;
    float ear_depth = 0;  // z of the ears, pixels; nearer is smaller
    float lip_depth = 0;
    MouthGeometry mouth;
    std::array<EyeGeometry, 2> eyes;
    std::array<BrowGeometry, 2> brows;
    std::vector<Vec2> oval;         // the face's outline, closed
    std::vector<float> oval_depth;  // z of its points
    PhotoLandmarks landmarks;

    /// Pixels from the outline, negative inside; `depth` receives z of the nearest outline point.
    float distance_outside(Vec2 photo, float* depth = nullptr) const;
};

/// `photo` serves to find the line between closed lips exactly.
FaceGeometry measure_face(const Image& photo, const PhotoLandmarks& landmarks);

}  // namespace ditto::mesh
