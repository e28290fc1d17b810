#include "slides/scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/error.h"

namespace ditto::slides {
namespace {

using Colour = std::array<double, 3>;

/// Around slides that do not fill the video.
constexpr std::array<std::uint8_t, 3> backdrop{21, 25, 30};

// The border and the shadow, in pixels of a video of 1920.
constexpr double border_width = 4;
constexpr double border_strength = .92;
constexpr double shadow_reach = 34;
constexpr double shadow_drop = 8;
constexpr double shadow_strength = .26;
constexpr double slide_shadow_strength = .13;

/// Side of the smallest picture of a photo, from which a backdrop is made.
constexpr int blurred_side = 5;
constexpr double blurred_brightness = .62;

// Shares of the screen in a pixel that count as none and as all.
constexpr float screen_none = .06F;
constexpr float screen_all = .92F;

/// Behind presenters without background: a lit wall, brightest above the middle.
constexpr Colour wall_light{236, 239, 243};
constexpr Colour wall_dark{190, 198, 208};

/// The distance of a pixel from the outline of a box with round corners, negative inside.
double distance_outside(double x, double y, const Rect& box, double radius) {
    const double half_width = box.width / 2.;
    const double half_height = box.height / 2.;
    const double dx = std::abs(x + .5 - box.x - half_width) - half_width + radius;
    const double dy = std::abs(y + .5 - box.y - half_height) - half_height + radius;
    return std::hypot(std::max(dx, 0.), std::max(dy, 0.)) + std::min(std::max(dx, dy), 0.) - radius;
}

/// How much of a pixel lies inside an outline that is `outside` away.
double covered(double outside) {
    return std::clamp(.5 - outside, 0., 1.);
}

void mix(std::uint8_t* pixel, const Colour& colour, double share) {
    for (std::size_t c = 0; c < 3; ++c) {
        pixel[c] =
            static_cast<std::uint8_t>(std::lround(pixel[c] + share * (colour[c] - pixel[c])));
    }
}

Rect grown(const Rect& box, int by, const Rect& bounds) {
    return intersection({box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by}, bounds);
}

Area whole(const Image& image) {
    return {0, 0, static_cast<double>(image.width()), static_cast<double>(image.height())};
}

Rect photo_of(const Avatar* avatar) {
    return avatar == nullptr ? Rect{0, 0, 1, 1} : avatar->photo().bounds();
}

void paint_wall(Image& image, const Rect& area) {
    const double reach = std::hypot(area.width, area.height) * .62;
    for (int y = 0; y < area.height; ++y) {
        for (int x = 0; x < area.width; ++x) {
            const double away = std::hypot(x - area.width * .5, y - area.height * .38) / reach;
            const double dark = std::min(1., away * away);
            std::uint8_t* pixel = image.pixel(area.x + x, area.y + y);
            for (std::size_t c = 0; c < 3; ++c) {
                pixel[c] = static_cast<std::uint8_t>(
                    std::lround(wall_light[c] + dark * (wall_dark[c] - wall_light[c])));
            }
        }
    }
}

}  // namespace

Scene::Scene(const Image& slide, const Avatar* avatar, const CutOut* cut,
             const Placement& placement, const Rect& video)
    : avatar_(avatar),
      layout_(lay_out(placement, video, slide.bounds(), photo_of(avatar),
                      avatar == nullptr ? Rect{0, 0, 1, 1} : avatar->face_box())),
      picture_(video.width, video.height),
      to_video_(photo_of(avatar), layout_.photo, layout_.presenter.width, layout_.presenter.height),
      cut_(cut) {
    if (avatar == nullptr && !layout_.presenter.empty()) {
        throw Error(ErrorCode::internal, {}, "a presenter without avatar");
    }
    if (avatar != nullptr) shown_ = avatar->photo();
    show_backdrop();
    if (!layout_.slide.empty()) show_slide(slide);
    if (layout_.presenter.empty()) return;
    if (layout_.lifted) lift(layout_.presenter, layout_.radius, shadow_strength);
    cut_presenter();
    const Rect all{0, 0, layout_.presenter.width, layout_.presenter.height};
    paste(blended(all), layout_.presenter.x, layout_.presenter.y, picture_);
}

/// Behind everything: a plain colour, the wall, or, behind a presenter who fills the video, the
/// photo without detail.
void Scene::show_backdrop() {
    if (layout_.backdrop == Layout::Backdrop::video) {
        paint_wall(picture_, picture_.bounds());
    } else if (layout_.slide.empty()) {
        const Image small = resized(shown_, blurred_side, blurred_side);
        picture_ =
            Resampler(small.bounds(), whole(small), picture_.width(), picture_.height())(small);
        for (int y = 0; y < picture_.height(); ++y) {
            std::uint8_t* row = picture_.row(y);
            for (int i = 0; i < picture_.width() * 3; ++i)
                row[i] = static_cast<std::uint8_t>(row[i] * blurred_brightness);
        }
    } else {
        for (int y = 0; y < picture_.height(); ++y) {
            for (int x = 0; x < picture_.width(); ++x)
                std::copy(backdrop.begin(), backdrop.end(), picture_.pixel(x, y));
        }
    }
}

void Scene::show_slide(const Image& slide) {
    const Rect& place = layout_.slide;
    if (layout_.slide_radius > 0) lift(place, layout_.slide_radius, slide_shadow_strength);
    const bool as_it_is = slide.width() == place.width && slide.height() == place.height;
    const Image scaled =
        as_it_is ? slide
                 : Resampler(slide.bounds(), whole(slide), place.width, place.height)(slide);
    for (int y = 0; y < place.height; ++y) {
        for (int x = 0; x < place.width; ++x) {
            const std::uint8_t* from = scaled.pixel(x, y);
            mix(picture_.pixel(place.x + x, place.y + y),
                {double(from[0]), double(from[1]), double(from[2])},
                covered(distance_outside(place.x + x, place.y + y, place, layout_.slide_radius)));
        }
    }
}

void Scene::lift(const Rect& box, double radius, double strength) {
    const double unit = picture_.width() / 1920.;
    const Rect fallen{box.x, box.y + static_cast<int>(shadow_drop * unit), box.width, box.height};
    const double reach = shadow_reach * unit;
    const Rect area = grown(fallen, static_cast<int>(3 * reach), picture_.bounds());
    for (int y = area.y; y < area.y + area.height; ++y) {
        for (int x = area.x; x < area.x + area.width; ++x) {
            const double away = std::max(0., distance_outside(x, y, fallen, radius)) / reach;
            mix(picture_.pixel(x, y), {0, 0, 0}, strength * std::exp(-away * away));
        }
    }
}

/// How much of a pixel of the presenter's box belongs to it.
double Scene::inside_of(int x, int y) const {
    const Rect& box = layout_.presenter;
    if (!layout_.fades()) {
        return covered(distance_outside(box.x + x, box.y + y, box, layout_.radius));
    }
    const auto faded = [](int from_edge, int over) {
        if (over == 0) return 1.;
        const double part = std::clamp((from_edge + .5) / over, 0., 1.);
        return part * part * (3 - 2 * part);
    };
    return faded(x, layout_.fade_left) * faded(box.width - 1 - x, layout_.fade_right) *
           faded(box.height - 1 - y, layout_.fade_bottom);
}

/// Fills `weight_` and `behind_` with the shape's edge and its border, and what replaces a screen.
void Scene::cut_presenter() {
    const Rect& box = layout_.presenter;
    const double border = std::max(1., border_width * picture_.width() / 1920);
    behind_ = crop(picture_, box);
    if (cut_ != nullptr) {
        colours_ = to_video_(cut_->colours);
        certain_ = to_video_(cut_->certain);
        through_ = behind_;
        if (layout_.backdrop == Layout::Backdrop::shape) paint_wall(through_, through_.bounds());
    }
    weight_.resize(static_cast<std::size_t>(box.width) * static_cast<std::size_t>(box.height));
    for (int y = 0; y < box.height; ++y) {
        for (int x = 0; x < box.width; ++x) {
            const double inside = inside_of(x, y);
            double ring = 0;
            if (layout_.lifted) {
                // The border lies inside the shape, over the presenter.
                const double outside = distance_outside(box.x + x, box.y + y, box, layout_.radius);
                ring = border_strength * (inside - covered(outside + border));
            }
            std::uint8_t* pixel = behind_.pixel(x, y);
            for (std::size_t c = 0; c < 3; ++c) {
                pixel[c] =
                    static_cast<std::uint8_t>(std::lround(pixel[c] * (1 - inside) + ring * 255));
            }
            weight_[static_cast<std::size_t>(y * box.width + x)] =
                static_cast<std::uint8_t>(std::lround((inside - ring) * 255));
        }
    }
}

/// The share of the screen that a pixel's colour allows: by how much the channels of the screen
/// exceed the others, beyond what they do in the presenter's colour.
float Scene::excess_of_screen(const std::uint8_t* pixel, const std::uint8_t* colour) const {
    const auto excess = [&](const std::uint8_t* of) {
        int own = 255;
        int others = 0;
        for (int c = 0; c < 3; ++c) {
            if (cut_->screen[static_cast<std::size_t>(c)] > 0) {
                own = std::min(own, int{of[c]});
            } else {
                others = std::max(others, int{of[c]});
            }
        }
        return static_cast<float>(own - others);
    };
    const float usual = std::min(0.F, excess(colour));
    return (excess(pixel) - usual) / (255 - usual);
}

/// Replaces the screen in one row of the presenter by what shows through. A pixel is
/// a * presenter + (1 - a) * screen; with the presenter's colour known roughly, the pixel's place
/// on the line between the two gives a.
void Scene::take_screen_out(std::uint8_t* row, const Rect& piece, int y) const {
    const std::uint8_t* colour = colours_.pixel(piece.x, y);
    const std::uint8_t* certain = certain_.pixel(piece.x, y);
    const std::uint8_t* through = through_.pixel(piece.x, y);
    for (int x = 0; x < piece.width; ++x) {
        const int i = 3 * x;
        if (certain[i] == 255) continue;
        float along = 0;
        float length = 1;
        for (int c = 0; c < 3; ++c) {
            const auto own = static_cast<float>(colour[i + c]);
            const float line = static_cast<float>(cut_->screen[static_cast<std::size_t>(c)]) - own;
            along += (static_cast<float>(row[i + c]) - own) * line;
            length += line * line;
        }
        const float edge = 1 - static_cast<float>(certain[i]) / 255;
        const float screen =
            edge *
            std::clamp(std::min(along / length, excess_of_screen(row + i, colour + i)), 0.F, 1.F);
        // The presenter's colour is not known exactly: little is none.
        const float open =
            std::max(std::clamp((screen - screen_none) / (screen_all - screen_none), 0.F, 1.F),
                     static_cast<float>(certain[i + 1]) / 255);
        const float gain = (1 - open) / std::max(1 - screen, 1 - screen_all);
        // Taking the screen's colour out never leaves its opposite.
        int floor = 255;
        for (int c = 0; c < 3; ++c) {
            if (cut_->screen[static_cast<std::size_t>(c)] == 0) {
                floor = std::min(floor, int{row[i + c]});
            }
        }
        for (int c = 0; c < 3; ++c) {
            const auto of_screen = static_cast<float>(cut_->screen[static_cast<std::size_t>(c)]);
            const float own = gain * std::max(static_cast<float>(std::min(floor, int{row[i + c]})),
                                              static_cast<float>(row[i + c]) - screen * of_screen);
            row[i + c] = static_cast<std::uint8_t>(
                std::min(255.F, own + open * static_cast<float>(through[i + c]) + .5F));
        }
    }
}

/// A piece of the presenter over what lies behind.
Image Scene::blended(const Rect& piece) {
    Image result = to_video_(shown_, piece);
    for (int y = 0; y < piece.height; ++y) {
        const std::uint8_t* weight =
            weight_.data() + static_cast<std::ptrdiff_t>(piece.y + y) * layout_.presenter.width +
            piece.x;
        const std::uint8_t* behind = behind_.pixel(piece.x, piece.y + y);
        std::uint8_t* to = result.row(y);
        if (cut_ != nullptr) take_screen_out(to, piece, piece.y + y);
        for (int x = 0; x < piece.width; ++x) {
            for (int c = 0; c < 3; ++c) {
                const int i = 3 * x + c;
                to[i] = static_cast<std::uint8_t>(
                    std::min(255, behind[i] + (to[i] * weight[x] + 127) / 255));
            }
        }
    }
    return result;
}

Frame Scene::compose(const Frame& frame) {
    if (layout_.presenter.empty()) return {frame.index, {}, 0, 0};
    const Rect patch{frame.x, frame.y, frame.patch.width(), frame.patch.height()};
    if (patch != patch_ && !patch_.empty()) {
        paste(crop(avatar_->photo(), patch_), patch_.x, patch_.y, shown_);
    }
    if (!patch.empty()) paste(frame.patch, patch.x, patch.y, shown_);
    patch_ = patch;
    const Rect piece = patch.empty() ? Rect{} : to_video_.touched_by(patch);
    if (piece.empty()) return {frame.index, {}, 0, 0};
    return {frame.index, blended(piece), layout_.presenter.x + piece.x,
            layout_.presenter.y + piece.y};
}

}  // namespace ditto::slides
