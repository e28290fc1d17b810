#include "face/sampling.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ditto::face {
namespace {

constexpr int max_samples_across = 16;

using Colour = std::array<float, 3>;

const std::uint8_t* pixel_at(const Image& photo, int x, int y, Border border) {
    static constexpr std::array<std::uint8_t, 3> black{};
    const bool inside = x >= 0 && y >= 0 && x < photo.width() && y < photo.height();
    if (!inside && border == Border::black) return black.data();
    return photo.pixel(std::clamp(x, 0, photo.width() - 1), std::clamp(y, 0, photo.height() - 1));
}

void add_bilinear(const Image& photo, Point2 at, Border border, Colour& sum) {
    // Points far outside are all alike; clamping keeps the conversion to int defined.
    const double px = std::clamp(at.x - .5, -2., photo.width() + 1.);
    const double py = std::clamp(at.y - .5, -2., photo.height() + 1.);
    const int x = static_cast<int>(std::floor(px));
    const int y = static_cast<int>(std::floor(py));
    const auto fx = static_cast<float>(px - x);
    const auto fy = static_cast<float>(py - y);
    const std::uint8_t* top_left = pixel_at(photo, x, y, border);
    const std::uint8_t* top_right = pixel_at(photo, x + 1, y, border);
    const std::uint8_t* low_left = pixel_at(photo, x, y + 1, border);
    const std::uint8_t* low_right = pixel_at(photo, x + 1, y + 1, border);
    for (std::size_t c = 0; c < 3; ++c) {
        const float top = static_cast<float>(top_left[c]) * (1 - fx) +  //
                          static_cast<float>(top_right[c]) * fx;
        const float low = static_cast<float>(low_left[c]) * (1 - fx) +  //
                          static_cast<float>(low_right[c]) * fx;
        sum[c] += top * (1 - fy) + low * fy;
    }
}

template <class Write>
void sample_each(const Image& photo, const Affine& crop_to_photo, int width, int height,
                 Border border, Write&& write) {
    const double shrink = std::max(std::hypot(crop_to_photo.a, crop_to_photo.d),
                                   std::hypot(crop_to_photo.b, crop_to_photo.e));
    const int across =
        static_cast<int>(std::clamp(std::ceil(shrink - 1e-6), 1., double{max_samples_across}));
    const float weight = 1.F / static_cast<float>(across * across);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            Colour sum{};
            for (int j = 0; j < across; ++j) {
                for (int i = 0; i < across; ++i) {
                    const Point2 at{x + (i + .5) / across, y + (j + .5) / across};
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
