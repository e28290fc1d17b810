#include "engines/mesh/curve.h"

namespace ditto::mesh {

Curve::Curve(std::vector<Vec2> points) : points_(std::move(points)) {
    std::sort(points_.begin(), points_.end(), [](Vec2 a, Vec2 b) { return a.x < b.x; });
    const auto close = [](Vec2 a, Vec2 b) { return b.x - a.x < 1e-4F; };
    points_.erase(std::unique(points_.begin(), points_.end(), close), points_.end());
    const std::size_t n = points_.size();
    slopes_.assign(n, 0);
    const auto secant = [&](std::size_t i) {
        return (points_[i + 1].y - points_[i].y) / (points_[i + 1].x - points_[i].x);
    };
    for (std::size_t i = 0; i + 1 < n; ++i) {
        if (i == 0) {
            slopes_[0] = secant(0);
            continue;
        }
        const float before = secant(i - 1);
        const float after = secant(i);
        // The harmonic mean is 0 at an extremum and never lets the cubic leave the data's range.
        slopes_[i] = before * after <= 0 ? 0 : 2 * before * after / (before + after);
    }
    if (n > 1) slopes_[n - 1] = secant(n - 2);
}

float Curve::operator()(float x) const {
    if (x <= points_.front().x) return points_.front().y;
    if (x >= points_.back().x) return points_.back().y;
    std::size_t i = 0;
    while (points_[i + 1].x < x)
        ++i;
    const Vec2 a = points_[i];
    const Vec2 b = points_[i + 1];
    const float width = b.x - a.x;
    const float t = (x - a.x) / width;
    const float t2 = t * t;
    const float t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * a.y + (t3 - 2 * t2 + t) * width * slopes_[i] +
           (3 * t2 - 2 * t3) * b.y + (t3 - t2) * width * slopes_[i + 1];
}

}  // namespace ditto::mesh
