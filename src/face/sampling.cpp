#include "face/sampling.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ditto::face {
namespace {

constexpr int max_samples_across = 16;

/// The fourth value means nothing.
using Colour = float __attribute__((vector_size(16)));

/// The colour at `pixel`; reads one byte more. Written so that compilers make three instructions of
/// it: a conversion of four bytes they take apart.
Colour colour_at(const std::uint8_t* pixel) {
    using Bytes = std::uint8_t __attribute__((vector_size(16)));
    using Words = std::uint16_t __attribute__((vector_size(16)));
    using Numbers = std::int32_t __attribute__((vector_size(16)));
    std::int32_t four = 0;
    std::memcpy(&four, pixel, sizeof four);
    const auto bytes = reinterpret_cast<Bytes>(Numbers{four, 0, 0, 0});
    const auto words = reinterpret_cast<Words>(__builtin_shufflevector(
        bytes, Bytes{}, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    const auto numbers = reinterpret_cast<Numbers>(
        __builtin_shufflevector(words, Words{}, 0, 8, 1, 9, 2, 10, 3, 11));
    return __builtin_convertvector(numbers, Colour);
}

/// Adds the mix of four neighbouring pixels.
void add_mix(const Colour& top_left, const Colour& top_right, const Colour& low_left,
             const Colour& low_right, float fx, float fy, Colour& sum) {
    const float low = fy * (1 - fx);
    const float both = fy * fx;
    const float top = (1 - fy) * (1 - fx);
    const float right = (1 - fy) * fx;
    sum += top * top_left + right * top_right + low * low_left + both * low_right;
}

Colour colour_at(const Image& photo, int x, int y, Border border) {
    const bool inside = x >= 0 && y >= 0 && x < photo.width() && y < photo.height();
    if (!inside && border == Border::black) return Colour{};
    const std::uint8_t* pixel =
        photo.pixel(std::clamp(x, 0, photo.width() - 1), std::clamp(y, 0, photo.height() - 1));
    return Colour{static_cast<float>(pixel[0]), static_cast<float>(pixel[1]),
                  static_cast<float>(pixel[2]), 0};
}

void add_bilinear(const Image& photo, Point2 at, Border border, Colour& sum) {
    const double inner_x = at.x - .5;
    const double inner_y = at.y - .5;
    if (inner_x >= 0 && inner_y >= 0 && inner_x < photo.width() - 2 &&
        inner_y < photo.height() - 1) {
        const int left = static_cast<int>(inner_x);
        const int upper = static_cast<int>(inner_y);
        const std::uint8_t* top = photo.pixel(left, upper);
        const std::uint8_t* low = top + photo.stride();
        return add_mix(colour_at(top), colour_at(top + 3), colour_at(low), colour_at(low + 3),
                       static_cast<float>(inner_x - left), static_cast<float>(inner_y - upper),
                       sum);
    }
    // Points far outside are all alike; clamping keeps the conversion to int defined.
    const double px = std::clamp(inner_x, -2., photo.width() + 1.) + 2;
    const double py = std::clamp(inner_y, -2., photo.height() + 1.) + 2;
    const int x = static_cast<int>(px) - 2;
    const int y = static_cast<int>(py) - 2;
    const auto fx = static_cast<float>(px - (x + 2));
    const auto fy = static_cast<float>(py - (y + 2));
    add_mix(colour_at(photo, x, y, border), colour_at(photo, x + 1, y, border),
            colour_at(photo, x, y + 1, border), colour_at(photo, x + 1, y + 1, border), fx, fy,
            sum);
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
            write(x, y, sum * weight);
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
                    for (int c = 0; c < 3; ++c) {
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
                    for (int c = 0; c < 3; ++c)
                        *to++ = colour[c] * scale + offset;
                });
    return tensor;
}

}  // namespace ditto::face
