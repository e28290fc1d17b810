#include "core/landmarks.h"

#include <algorithm>
#include <cmath>

namespace ditto {

Rect box_around(std::span<const Point3> points, const Rect& bounds) {
    if (points.empty()) return {};
    const auto [left, right] = std::minmax_element(
        points.begin(), points.end(), [](const Point3& a, const Point3& b) { return a.x < b.x; });
    const auto [top, bottom] = std::minmax_element(
        points.begin(), points.end(), [](const Point3& a, const Point3& b) { return a.y < b.y; });
    const auto x = static_cast<int>(std::floor(left->x));
    const auto y = static_cast<int>(std::floor(top->y));
    const Rect box{x, y, static_cast<int>(std::ceil(right->x)) - x,
                   static_cast<int>(std::ceil(bottom->y)) - y};
    return intersection(box, bounds);
}

}  // namespace ditto
