#include "face/sampling.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ditto::face {
namespace {

constexpr int max_samples_across = 16;

using Colour = std::array<float, 3>;

/// Adds the mix of four neighbouring pixels.
void add_mix(const std::uint8_t* top_left, const std::uint8_t* top_right,
             const std::uint8_t* low_left, const std::uint8_t* low_right, float fx, float fy,
             Colour& sum) {
    const float low = fy * (1 - fx);
    const float both = fy * fx;
    const float top = (1 - fy) * (1 - fx);
    const float right = (1 - fy) * fx;
    for (std::size_t c = 0; c < 3; ++c) {
        sum[c] += top * static_cast<float>(top_left[c]) + right * static_cast<float>(top_right[c]) +
                  low * static_cast<float>(low_left[c]) + both * static_cast<float>(low_right[c]);
    }
}

const std::uint8_t* pixel_at(const Image& photo, int x, int y, Border border) {
    static constexpr std::array<std::uint8_t, 3> black{};
    const bool inside = x >= 0 && y >= 0 && x < photo.width() && y < photo.height();
    if (!inside && border == Border::black) return black.data();
    return photo.pixel(std::clamp(x, 0, photo.width() - 1), std::clamp(y, 0, photo.height() - 1));
}

void add_bilinear(const Image& photo, Point2 at, Border border, Colour& sum) {
    // Points far outside are all alike; clamping keeps the conversion to int defined.
    const double px = std::clamp(at.x - .5, -2., photo.width() + 1.) + 2;
    const double py = std::clamp(at.y - .5, -2., photo.height() + 1.) + 2;
    const int x = static_cast<int>(px) - 2;
    const int y = static_cast<int>(py) - 2;
    const auto fx = static_cast<float>(px - (x + 2));
    const auto fy = static_cast<float>(py - (y + 2));
    if (x >= 0 && y >= 0 && x + 1 < photo.width() && y + 1 < photo.height()) {
        const std::uint8_t* top = photo.pixel(x, y);
        const std::uint8_t* low = top + photo.stride();
        return add_mix(top, top + 3, low, low + 3, fx, fy, sum);
    }
    add_mix(pixel_at(photo, x, y, border), pixel_at(photo, x + 1, y, border),
            pixel_at(photo, x, y + 1, border), pixel_at(photo, x + 1, y + 1, border), fx, fy, sum);
}

template <class Write>
void sample_each(const Image& photo, const Affine& crop_to_photo, int width, int height,
                 Border border, Write&& write) {
    const double shrink = std::max(std::hypot(crop_to_photo.a, crop_to_photo.d),
                                   std::hypot(crop_to_photo.b, crop_to_photo.e));
    const int across =
        static_cast<int>(std::clamp(std::ceil(shrink - 1e-6), 1., double{max_samples_across}));
    const double step = 1. / across;
    const auto weight = static_cast<float>(step * step);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            Colour sum{};
            for (int j = 0; j < across; ++j) {
                for (int i = 0; i < across; ++i) {
                    const Point2 at{x + (i + .5) * step, y + (j + .5) * step};
                    add_bilinear(photo, crop_to_photo(at), border, sum);
                }
            }
            for (float& value : sum)
                value *= weight;
            write(x, y, sum);
        }
    }
}

}  // namespace

Affine Region::crop_to_photo(int size) const {
    const double scale = side / size;
    const double cosine = std::cos(angle_rad) * scale;
    const double sine = std::sin(angle_rad) * scale;
    const double half = size / 2.;
    return {cosine, -sine,  centre.x - half * (cosine - sine),
            sine,   cosine, centre.y - half * (sine + cosine)};
}

Image sample(const Image& photo, const Affine& crop_to_photo, int width, int height,
             Border border) {
    Image crop(width, height);
    sample_each(photo, crop_to_photo, width, height, border,
                [&](int x, int y, const Colour& colour) {
                    for (std::size_t c = 0; c < 3; ++c) {
                        crop.pixel(x, y)[c] = static_cast<std::uint8_t>(std::lround(colour[c]));
                    }
                });
    return crop;
}

Tensor sample_tensor(const Image& photo, const Region& region, int size, Border border, float scale,
                     float offset) {
    Tensor tensor(DataType::f32, {1, size, size, 3});
    float* to = tensor.values<float>().data();
    sample_each(photo, region.crop_to_photo(size), size, size, border,
                [&](int, int, const Colour& colour) {
                    for (const float value : colour)
                        *to++ = value * scale + offset;
                });
    return tensor;
}

}  // namespace ditto::face
