#pragma once

#include <span>
#include <vector>

#include "core/affine.h"

// The square, upright crop around a face. Method: LivePortrait, src/utils/crop.py, as Ditto uses
// it (core/utils/crop.py).
namespace ditto::reenact {

struct CropOptions {
    int size = 512;           // pixels of the crop's side
    double scale = 2.3;       // side of the crop in sides of the landmarks' box
    double vx_ratio = 0;      // shift along the line of the eyes, in sides of the crop
    double vy_ratio = -.125;  // shift from eyes to lips, in sides of the crop
    bool rotate = true;       // turn the face upright
};

/// The two points that say which way is down in a face.
struct FaceAxis {
    Point2 eyes;  // between the eyes
    Point2 lips;  // middle of the mouth
};

/// From LivePortrait's 203 points. Throws Error{internal} where the count differs.
FaceAxis axis_of_203(std::span<const Point2> points);
/// From InsightFace's 106 points.
FaceAxis axis_of_106(std::span<const Point2> points);

/// Points of MediaPipe's 478 that lie where the 106 do: outline from ear to ear, brows, eyes, nose
/// and lips; the forehead is left out, as in the reference's crops.
std::vector<Point2> crop_points_of_478(std::span<const Point2> points);
FaceAxis axis_of_478(std::span<const Point2> points);

/// Where the crop lies. The reference keeps both in 32 bits, hence so do the numbers here.
struct FaceCrop {
    Affine photo_to_crop;
    Affine crop_to_photo;
};

/// The box of `points`, upright along `axis`, made square, scaled and shifted.
FaceCrop face_crop(std::span<const Point2> points, const FaceAxis& axis,
                   const CropOptions& options);

}  // namespace ditto::reenact
