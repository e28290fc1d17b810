#pragma once

#include <array>
#include <cstdint>

#include "core/image.h"

namespace ditto::slides {

/// A presenter without the background of the photo. The engine animates `photo`, in which a screen
/// of one colour stands behind the presenter: how much of a pixel is screen tells, frame by frame,
/// how much of it is presenter, wherever the head has moved.
struct CutOut {
    Image photo;
    std::array<std::uint8_t, 3> screen{};
    /// The presenter's colours, continued over the edge and into the background.
    Image colours;
    /// White where no edge comes near, so that nothing shows through whatever its colour.
    Image inside;
};

/// `mask` is as large as the photo and tells the person roughly: face::PersonMask. Its edges are
/// moved to those of the photo (guided filter: He, Sun, Tang, "Guided Image Filtering", 2013), and
/// what shines through at the edge is taken out of their colours (Forte, "Approximate Fast
/// Foreground Colour Estimation", 2021).
CutOut cut_out(const Image& photo, const Image& mask);

}  // namespace ditto::slides
