#include "engines/ditto/put_back.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"

namespace ditto::reenact {
namespace {

/// Distance into the border, 0 at the picture's edge and 1 at its inside, as np.linspace gives
/// it: both ends belong to the border.
double inwards(int at, int border, int size) {
    const int depth = std::min(at, size - 1 - at);
    if (depth >= border) return 1;
    return border > 1 ? static_cast<double>(depth) / (border - 1) : 0;
}

FloatImage soft_mask(int size) {
    const int inside = static_cast<int>(size * .9);
    const int border = (size - inside) / 2;
    // A border that cannot be split evenly is one wider at the right and bottom.
    const int far_border = size - border - inside;
    FloatImage mask(size, size, 1);
    for (int y = 0; y < size; ++y) {
        const double down = inwards(y, y < size / 2 ? border : far_border, size);
        for (int x = 0; x < size; ++x) {
            const double across = inwards(x, x < size / 2 ? border : far_border, size);
            const double value = 1 - std::min(1., std::hypot(1 - across, 1 - down));
            *mask.pixel(x, y) = static_cast<float>(value);
        }
    }
    return mask;
}

}  // namespace

PutBack::PutBack(int size) : mask_(soft_mask(size)) {
    for (const float part : mask_.values)
        whole_mask_.push_back(static_cast<std::uint16_t>(std::lround(part * mask_whole)));
}

Rect PutBack::region(const Affine& crop_to_photo, const Rect& photo) const {
    Point2 low{1e9, 1e9};
    Point2 high{-1e9, -1e9};
    const double last = mask_.width - 1;
    for (const Point2 corner : {Point2{0, 0}, {last, 0}, {0, last}, {last, last}}) {
        const Point2 at = crop_to_photo(corner);
        low = {std::min(low.x, at.x), std::min(low.y, at.y)};
        high = {std::max(high.x, at.x), std::max(high.y, at.y)};
    }
    const auto whole = [](double value) { return static_cast<int>(std::clamp(value, -1e6, 1e6)); };
    const int left = whole(std::floor(low.x));
    const int top = whole(std::floor(low.y));
    return intersection(photo, {left, top, whole(std::ceil(high.x)) + 1 - left,
                                whole(std::ceil(high.y)) + 1 - top});
}

Image PutBack::operator()(const Image& photo, const FloatImage& face, const Affine& crop_to_photo,
                          const Rect& area) const {
    if (face.width != mask_.width || face.height != mask_.height || face.channels != 3) {
        throw Error(ErrorCode::internal, {}, "size of the rendered face");
    }
    const FloatImage mask = warp_affine(mask_, crop_to_photo, area);
    const FloatImage warped = warp_affine(face, crop_to_photo, area);
    Image result(area.width, area.height);
    for (int y = 0; y < area.height; ++y) {
        for (int x = 0; x < area.width; ++x) {
            const float part = std::clamp(*mask.pixel(x, y), 0.F, 1.F);
            const float* over = warped.pixel(x, y);
            const std::uint8_t* under = photo.pixel(area.x + x, area.y + y);
            std::uint8_t* to = result.pixel(x, y);
            for (int c = 0; c < 3; ++c) {
                const float value = part * over[c] + (1 - part) * static_cast<float>(under[c]);
                to[c] = static_cast<std::uint8_t>(std::clamp(value, 0.F, 255.F));
            }
        }
    }
    return result;
}

Image PutBack::operator()(const Image& photo, const Image& face, const Affine& crop_to_photo,
                          const Rect& area) const {
    if (face.width() != mask_.width || face.height() != mask_.height) {
        throw Error(ErrorCode::internal, {}, "size of the rendered face");
    }
    return blend_affine(face, whole_mask_, photo, crop_to_photo, area);
}

}  // namespace ditto::reenact
