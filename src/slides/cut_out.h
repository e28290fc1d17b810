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
    /// What needs no look at its colour, since no edge comes near: red where the presenter is,
    /// green where the background is.
    Image certain;
};

/// `mask` is as large as the photo and tells the person roughly: face::PersonMask. Its edges are
/// moved to those of the photo (guided filter: He, Sun, Tang, "Guided Image Filtering", 2013), and
/// what shines through at the edge is taken out of their colours (Forte, "Approximate Fast
/// Foreground Colour Estimation", 2021).
CutOut cut_out(const Image& photo, const Image& mask);

}  // namespace ditto::slides
