#pragma once

#include <algorithm>
#include <cmath>

namespace ditto::mesh {

/// Single-precision vector for the per-frame arithmetic.
struct Vec2 {
    float x = 0;
    float y = 0;

    friend Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.y + b.y}; }
    friend Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.y - b.y}; }
    friend Vec2 operator*(Vec2 a, float f) { return {a.x * f, a.y * f}; }
};

inline float dot(Vec2 a, Vec2 b) {
    return a.x * b.x + a.y * b.y;
}

inline float length(Vec2 v) {
    return std::sqrt(dot(v, v));
}

inline float lerp(float a, float b, float t) {
    return a + (b - a) * t;
}

/// 0 below `from`, 1 above `to`, smooth between; `from` may lie above `to`.
inline float smoothstep(float from, float to, float x) {
    const float t = std::clamp((x - from) / (to - from), 0.F, 1.F);
    return t * t * (3 - 2 * t);
}

}  // namespace ditto::mesh
