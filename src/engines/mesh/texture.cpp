#include "engines/mesh/texture.h"

#include <array>

namespace ditto::mesh {
namespace {

using Pixel = std::array<std::uint8_t, 3>;

/// The sample halfway between taps[2] and taps[3].
Pixel halfway(const std::array<const std::uint8_t*, 6>& taps) {
    Pixel result{};
    for (std::size_t c = 0; c < 3; ++c) {
        const int sum = taps[0][c] - 5 * taps[1][c] + 20 * taps[2][c] + 20 * taps[3][c] -
                        5 * taps[4][c] + taps[5][c];
        const auto [low, high] = std::minmax({taps[1][c], taps[2][c], taps[3][c], taps[4][c]});
        const int limited = std::clamp<int>((sum + 16) >> 5, low, high);
        result[c] = static_cast<std::uint8_t>(limited);
    }
    return result;
}

/// Doubles the width: even columns are the picture's, odd ones lie between.
Image doubled_across(const Image& image) {
    Image result(image.width() * 2, image.height());
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            std::array<const std::uint8_t*, 6> taps{};
            for (int k = 0; k < 6; ++k) {
                const int column = std::clamp(x + k - 2, 0, image.width() - 1);
                taps[static_cast<std::size_t>(k)] = image.pixel(column, y);
            }
            const Pixel between = halfway(taps);
            std::copy_n(image.pixel(x, y), 3, result.pixel(2 * x, y));
            std::copy_n(between.begin(), 3, result.pixel(2 * x + 1, y));
        }
    }
    return result;
}

Image doubled_down(const Image& image) {
    Image result(image.width(), image.height() * 2);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            std::array<const std::uint8_t*, 6> taps{};
            for (int k = 0; k < 6; ++k) {
                const int row = std::clamp(y + k - 2, 0, image.height() - 1);
                taps[static_cast<std::size_t>(k)] = image.pixel(x, row);
            }
            const Pixel between = halfway(taps);
            std::copy_n(image.pixel(x, y), 3, result.pixel(x, 2 * y));
            std::copy_n(between.begin(), 3, result.pixel(x, 2 * y + 1));
        }
    }
    return result;
}

}  // namespace

Texture::Texture(const Image& photo, const Rect& area)
    : origin_x_(static_cast<float>(area.x)), origin_y_(static_cast<float>(area.y)) {
    const Image twice = doubled_down(doubled_across(crop(photo, area)));
    limit_x_ = 512 * (area.width - 1);
    limit_y_ = 512 * (area.height - 1);
    width_ = twice.width();
    pixels_.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(twice.height()));
    for (int y = 0; y < twice.height(); ++y) {
        for (int x = 0; x < twice.width(); ++x) {
            const std::uint8_t* p = twice.pixel(x, y);
            pixels_[static_cast<std::size_t>(y * width_ + x)] =
                static_cast<std::uint32_t>(p[0]) | static_cast<std::uint32_t>(p[1]) << 8U |
                static_cast<std::uint32_t>(p[2]) << 16U;
        }
    }
}

}  // namespace ditto::mesh
