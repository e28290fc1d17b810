#pragma once

#include <array>

#include "core/affine.h"
#include "core/landmarks.h"
#include "face/canonical_mesh.h"

namespace ditto::face {

/// Row-major 3x3 rotation; x to the image's right, y up, z towards the viewer.
using Rotation = std::array<std::array<double, 3>, 3>;

Point3 rotated(const Rotation& rotation, Point3 point);

/// Where a head is and how it is turned, from the photo's side: a weak perspective camera.
struct HeadPose {
    /// Positive: the face turns to the image's right.
    double yaw_deg = 0;
    /// Positive: the face looks up.
    double pitch_deg = 0;
    /// Positive: the head leans clockwise as seen.
    double roll_deg = 0;
    /// From the canonical face to the head as photographed; rotation_of(yaw, pitch, roll).
    Rotation rotation{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    /// Where the canonical face's origin lies: photo pixels, y down, z smaller where nearer.
    Point3 translation = {};
    /// Photo pixels per centimetre.
    double scale = 1;

    /// A point of the canonical face (cm) in photo pixels, z smaller where nearer.
    Point3 to_photo(Point3 canonical) const;
    /// The inverse: a landmark in the canonical face's frame, cm.
    Point3 to_canonical(Point3 photo) const;
};

/// The head first nods by pitch, then turns by yaw, then leans by roll; signs as in HeadPose.
Rotation rotation_of(double yaw_deg, double pitch_deg, double roll_deg);

/// The rotation, scale and shift that lay the canonical face over the landmarks with the least
/// squared distance, weighted by the mesh's pose weights (Horn, "Closed-form solution of absolute
/// orientation using unit quaternions", 1987). `landmarks` holds at least 468 points.
HeadPose fit_head_pose(const PhotoLandmarks& landmarks, const CanonicalMesh& mesh);

}  // namespace ditto::face
