#pragma once

#include <cstdint>
#include <vector>

#include "core/affine.h"
#include "core/image.h"
#include "engines/ditto/resample.h"

namespace ditto::reenact {

/// Lays the rendered face over the photo: a mask of 1 in the middle 90 % that falls to 0 at the
/// edges, warped with the face; what is not whole is cut off, not rounded.
/// Method: Ditto, core/atomic_components/putback.py and core/utils/get_mask.py.
class PutBack {
  public:
    /// For rendered faces of `size` x `size` pixels.
    explicit PutBack(int size = 512);

    /// The part of the photo that changes; empty where the face lies outside.
    Rect region(const Affine& crop_to_photo, const Rect& photo) const;

    /// `face`: RGB, 0..255. `area`: the part of the photo wanted, within it.
    Image operator()(const Image& photo, const FloatImage& face, const Affine& crop_to_photo,
                     const Rect& area) const;
    /// In whole numbers and half the time; within one level of the above.
    Image operator()(const Image& photo, const Image& face, const Affine& crop_to_photo,
                     const Rect& area) const;

    /// size x size x 1, 0..1.
    const FloatImage& mask() const { return mask_; }

  private:
    FloatImage mask_;
    std::vector<std::uint16_t> whole_mask_;  // in parts of mask_whole
};

}  // namespace ditto::reenact
