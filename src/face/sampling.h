#pragma once

#include "core/affine.h"
#include "core/image.h"
#include "core/tensor.h"

namespace ditto::face {

/// A square of the photo, turned by an angle.
struct Region {
    Point2 centre = {};  // photo pixels
    double side = 0;
    /// Clockwise as seen, y pointing down; a face whose eyes lie along it is upright in the crop.
    double angle_rad = 0;

    /// From pixels of a crop of `size` x `size`.
    Affine crop_to_photo(int size) const;
};

/// What a crop shows where the photo ends.
enum class Border { replicate, black };

/// The pixels of a width x height crop. Shrinking averages over the area of each pixel (up to 16
/// to 1), enlarging is bilinear.
Image sample(const Image& photo, const Affine& crop_to_photo, int width, int height,
             Border border = Border::replicate);

/// A region as a network's input, f32 [1, size, size, 3]: value * scale + offset.
Tensor sample_tensor(const Image& photo, const Region& region, int size, Border border, float scale,
                     float offset);

}  // namespace ditto::face
