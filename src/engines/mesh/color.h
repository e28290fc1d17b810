#pragma once

#include <algorithm>
#include <cstdint>

namespace ditto::mesh {

/// Linear combination of gamma-encoded channels, 0..255; packed form 0x00BBGGRR as in Texture.
struct Color {
    float r = 0;
    float g = 0;
    float b = 0;

    static Color unpack(std::uint32_t packed) {
        return {static_cast<float>(packed & 255U), static_cast<float>((packed >> 8U) & 255U),
                static_cast<float>((packed >> 16U) & 255U)};
    }
    std::uint32_t pack() const {
        const auto channel = [](float value) {
            return static_cast<std::uint32_t>(std::clamp(value, 0.F, 255.F) + .5F);
        };
        return channel(r) | channel(g) << 8U | channel(b) << 16U;
    }
    float luminance() const { return .299F * r + .587F * g + .114F * b; }

    friend Color operator+(Color x, Color y) { return {x.r + y.r, x.g + y.g, x.b + y.b}; }
    friend Color operator*(Color a, float f) { return {a.r * f, a.g * f, a.b * f}; }
    friend Color operator*(Color x, Color y) { return {x.r * y.r, x.g * y.g, x.b * y.b}; }
};

inline Color mix(Color a, Color b, float weight_of_b) {
    return a * (1 - weight_of_b) + b * weight_of_b;
}

}  // namespace ditto::mesh
