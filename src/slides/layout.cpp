#include "slides/layout.h"

#include <algorithm>
#include <cmath>

namespace ditto::slides {
namespace {

// In widths of the video, as the studio's miniature shows it.
constexpr double margin = .025;
constexpr double split_gap = .0175;
constexpr double split_width = .3;
constexpr double slide_rounding = .008;
/// Of the presenter's smaller side.
constexpr double rounding = .12;
/// The presenter beside a slide is never flatter than a square, nor slimmer than this.
constexpr double slimmest = .66;

/// How high the face is, from the forehead to the chin, in heights of what is shown.
constexpr double face_share_corner = .46;
constexpr double face_share_split = .38;
constexpr double face_share_full = .36;
constexpr double face_share_free = .37;
/// Hair above the forehead in heights of the face, and air above the hair in heights of what is
/// shown.
constexpr double hair = .32;
constexpr double air = .08;

/// Photos that fill less of the video's width than this fade out at their sides.
constexpr double wide_enough = .97;
constexpr double fade_share = .12;
/// Of a presenter without background or shape, who is cut by the photo's edge.
constexpr double free_fade_share = .1;
/// Higher than wide, beside a slide.
constexpr double free_split_height = 1.45;

int even(double value) {
    return static_cast<int>(std::lround(value / 2)) * 2;
}

/// `inner`'s aspect, as large as fits into the middle of `outer`.
Rect fitted(const Rect& inner, const Rect& outer) {
    const double scale = std::min(static_cast<double>(outer.width) / inner.width,
                                  static_cast<double>(outer.height) / inner.height);
    const int width = std::clamp(even(inner.width * scale), 2, outer.width);
    const int height = std::clamp(even(inner.height * scale), 2, outer.height);
    return {outer.x + (outer.width - width) / 4 * 2, outer.y + (outer.height - height) / 4 * 2,
            width, height};
}

/// The part of the photo around the face that is `aspect` times as wide as it is high.
Area around_face(const Rect& photo, const Rect& face, double aspect, double face_share) {
    double height = face.height / face_share;
    height = std::min({height, static_cast<double>(photo.height), photo.width / aspect});
    const double width = height * aspect;
    const double x = face.x + face.width / 2. - width / 2;
    const double y = face.y - hair * face.height - air * height;
    return {std::clamp(x, 0., photo.width - width), std::clamp(y, 0., photo.height - height), width,
            height};
}

double radius_of(const Rect& box, Placement::Shape shape) {
    const int side = std::min(box.width, box.height);
    if (shape == Placement::Shape::circle) return side / 2.;
    return shape == Placement::Shape::rounded ? rounding * side : 0;
}

double aspect_of(const Rect& box) {
    return static_cast<double>(box.width) / box.height;
}

void lay_out_corner(const Placement& placement, const Rect& video, Layout& layout) {
    using Corner = Placement::Corner;
    const int edge = even(margin * video.width);
    const int side = std::min(even(placement.size * video.width), video.height - 2 * edge);
    const bool left =
        placement.corner == Corner::top_left || placement.corner == Corner::bottom_left;
    const bool top = placement.corner == Corner::top_left || placement.corner == Corner::top_right;
    layout.presenter = {left ? edge : video.width - edge - side,
                        top ? edge : video.height - edge - side, side, side};
}

/// Without background or shape the presenter stands at the edge of the video.
void stand_free(Placement::Mode mode, const Rect& video, Layout& layout) {
    Rect& box = layout.presenter;
    layout.lifted = false;
    const int fade = static_cast<int>(free_fade_share * box.width);
    if (mode == Placement::Mode::split) {
        box.height = std::min(even(free_split_height * box.width), even(.92 * video.height));
        box.y = video.height - box.height;
        layout.fade_left = fade;
        layout.fade_right = fade;
        return;
    }
    const bool left = box.x < video.width / 2 - box.width / 2;
    const bool top = box.y < video.height / 2 - box.height / 2;
    box.x = left ? 0 : video.width - box.width;
    if (!top) box.y = video.height - box.height;
    (left ? layout.fade_right : layout.fade_left) = fade;
    if (top) layout.fade_bottom = fade;
}

void lay_out_split(const Placement& placement, const Rect& video, const Rect& slide,
                   Layout& layout) {
    const int edge = even(margin * video.width);
    const int width = even(split_width * video.width);
    const int beside = video.width - 2 * edge - even(split_gap * video.width) - width;
    layout.slide = fitted(slide, {edge, edge, beside, video.height - 2 * edge});
    layout.slide.x = edge;
    layout.slide_radius = static_cast<int>(slide_rounding * video.width);
    int height = width;
    if (placement.shape != Placement::Shape::circle) {
        height = std::clamp(layout.slide.height, width, even(width / slimmest));
        height = std::min(height, video.height - 2 * edge);
    }
    layout.presenter = {video.width - edge - width, (video.height - height) / 4 * 2, width, height};
}

/// The presenter as wide as the photo allows.
void lay_out_full(const Rect& video, const Rect& photo, const Rect& face, Layout& layout) {
    layout.slide = {};
    const double height = std::min<double>(face.height / face_share_full, photo.height);
    const double fills = photo.width / height * video.height / video.width;
    layout.presenter = video;
    if (fills < wide_enough) {
        layout.presenter.width = even(fills * video.width);
        layout.presenter.x = (video.width - layout.presenter.width) / 4 * 2;
        layout.fade_left = layout.fade_right =
            static_cast<int>(fade_share * layout.presenter.width);
    }
}

}  // namespace

Layout lay_out(const Placement& placement, const Rect& video, const Rect& slide, const Rect& photo,
               const Rect& face) {
    Layout layout;
    layout.slide = fitted(slide, video);
    double share = face_share_corner;
    switch (placement.mode) {
        case Placement::Mode::hidden:
            return layout;
        case Placement::Mode::corner:
            lay_out_corner(placement, video, layout);
            break;
        case Placement::Mode::split:
            lay_out_split(placement, video, slide, layout);
            if (placement.shape != Placement::Shape::circle) share = face_share_split;
            break;
        case Placement::Mode::full:
            lay_out_full(video, photo, face, layout);
            share = face_share_full;
            break;
    }
    const bool removed = placement.background == Placement::Background::removed;
    if (placement.mode == Placement::Mode::full) {
        if (removed) layout.backdrop = Layout::Backdrop::video;
    } else if (removed && placement.shape == Placement::Shape::rectangle) {
        stand_free(placement.mode, video, layout);
        if (placement.mode == Placement::Mode::split) layout.backdrop = Layout::Backdrop::video;
        share = face_share_free;
    } else {
        if (removed) layout.backdrop = Layout::Backdrop::shape;
        layout.lifted = true;
        layout.radius = radius_of(layout.presenter, placement.shape);
    }
    layout.photo = around_face(photo, face, aspect_of(layout.presenter), share);
    return layout;
}

}  // namespace ditto::slides
