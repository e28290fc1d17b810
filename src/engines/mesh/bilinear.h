#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ditto::mesh {

/// A picture of packed pixels (four 8-bit channels) for bilinear sampling.
struct PackedPixels {
    const std::uint32_t* pixels = nullptr;
    std::int32_t width = 0;
    std::int32_t limit_x = 0;  // largest position, 8 fractional bits; a pixel further must exist
    std::int32_t limit_y = 0;
};

/// a + (b - a) * weight / 256, rounded, in each channel: two channels share a multiplication.
inline std::uint32_t mixed(std::uint32_t a, std::uint32_t b, std::uint32_t weight_of_b) {
    constexpr std::uint32_t even = 0x00FF00FFU;
    constexpr std::uint32_t half = 0x00800080U;
    const std::uint32_t weight_of_a = 256 - weight_of_b;
    const std::uint32_t low =
        (((a & even) * weight_of_a + (b & even) * weight_of_b + half) >> 8U) & even;
    const std::uint32_t high =
        (((a >> 8U) & even) * weight_of_a + ((b >> 8U) & even) * weight_of_b + half) & ~even;
    return low | high;
}

inline std::uint32_t bilinear(const PackedPixels& from, std::int32_t x, std::int32_t y) {
    x = std::min(std::max(x, 0), from.limit_x);
    y = std::min(std::max(y, 0), from.limit_y);
    const std::int32_t index = (y >> 8) * from.width + (x >> 8);
    const auto right = static_cast<std::uint32_t>(x & 255);
    const auto down = static_cast<std::uint32_t>(y & 255);
    const std::uint32_t* p = from.pixels;
    return mixed(mixed(p[index], p[index + from.width], down),
                 mixed(p[index + 1], p[index + from.width + 1], down), right);
}

/// The same for a row of positions, eight at a time on processors with AVX2.
void bilinear_row(const PackedPixels& from, const std::int32_t* x, const std::int32_t* y, int count,
                  std::uint32_t* out);

}  // namespace ditto::mesh
