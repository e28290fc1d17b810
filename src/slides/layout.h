#pragma once

#include "core/image.h"
#include "slides/placement.h"
#include "slides/resampler.h"

namespace ditto::slides {

/// What a placement comes to in pixels of the video.
struct Layout {
    /// Where the slide shows, in its own aspect; empty where it does not.
    Rect slide;
    /// How round the slide's corners are: their radius.
    int slide_radius = 0;
    /// Where the presenter shows; empty where there is none.
    Rect presenter;
    /// The part of the photo that fills it: the face with room above it and the shoulders where
    /// the photo has them; never more than the photo.
    Area photo;
    /// Of the presenter's corners; half its side for a circle.
    double radius = 0;
    /// What stands behind a presenter without background: the slide, a plain colour in the
    /// presenter's shape, or one over the whole video.
    enum class Backdrop { none, shape, video };
    Backdrop backdrop = Backdrop::none;
    /// A border and a shadow lift the presenter from what lies behind.
    bool lifted = false;
    /// Edges of the presenter that fade away over so many pixels, where the photo ends inside the
    /// video.
    int fade_left = 0;
    int fade_right = 0;
    int fade_bottom = 0;

    bool fades() const { return fade_left > 0 || fade_right > 0 || fade_bottom > 0; }
};

/// Only the sizes of `slide` and `photo` count; `face` lies in the photo.
Layout lay_out(const Placement& placement, const Rect& video, const Rect& slide, const Rect& photo,
               const Rect& face);

}  // namespace ditto::slides
