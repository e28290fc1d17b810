#include "engines/ditto/face_crop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace ditto::reenact {
namespace {

Point2 mean_of(std::span<const Point2> points, std::array<std::size_t, 4> indices) {
    Point2 sum;
    for (const std::size_t index : indices)
        sum = sum + points[index];
    return sum * .25;
}

void require_count(std::span<const Point2> points, std::size_t wanted) {
    if (points.size() != wanted) {
        throw Error(ErrorCode::internal, {}, "wrong number of landmarks");
    }
}

double as_float(double value) {
    return static_cast<float>(value);
}

Affine as_float(const Affine& map) {
    return {as_float(map.a), as_float(map.b), as_float(map.c),
            as_float(map.d), as_float(map.e), as_float(map.f)};
}

/// An upright box in the frame of the unit vectors `across` and `down`.
struct Box {
    Point2 centre;
    double side = 0;
};

Box square_box(std::span<const Point2> points, Point2 across, Point2 down) {
    constexpr double far = std::numeric_limits<double>::max();
    Point2 low{far, far};
    Point2 high{-far, -far};
    for (const Point2 point : points) {
        const Point2 turned{point.x * across.x + point.y * across.y,
                            point.x * down.x + point.y * down.y};
        low = {std::min(low.x, turned.x), std::min(low.y, turned.y)};
        high = {std::max(high.x, turned.x), std::max(high.y, turned.y)};
    }
    const Point2 middle = (low + high) * .5;
    return {across * middle.x + down * middle.y, std::max(high.x - low.x, high.y - low.y)};
}

}  // namespace

FaceAxis axis_of_203(std::span<const Point2> points) {
    require_count(points, 203);
    const Point2 left = mean_of(points, {0, 6, 12, 18});
    const Point2 right = mean_of(points, {24, 30, 36, 42});
    return {(left + right) * .5, (points[48] + points[66]) * .5};
}

FaceAxis axis_of_106(std::span<const Point2> points) {
    require_count(points, 106);
    const Point2 left = mean_of(points, {33, 35, 40, 39});
    const Point2 right = mean_of(points, {87, 89, 94, 93});
    return {(left + right) * .5, (points[52] + points[61]) * .5};
}

std::vector<Point2> crop_points_of_478(std::span<const Point2> points) {
    require_count(points, 478);
    // Outline from the temples over the chin, then the upper edges of the brows.
    constexpr std::array<std::size_t, 33> indices{
        127, 234, 93,  132, 58,  172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365,
        397, 288, 361, 323, 454, 356, 70,  63,  105, 66,  107, 336, 296, 334, 293, 300};
    std::vector<Point2> result;
    for (const std::size_t index : indices)
        result.push_back(points[index]);
    return result;
}

FaceAxis axis_of_478(std::span<const Point2> points) {
    require_count(points, 478);
    const Point2 left = mean_of(points, {33, 133, 145, 159});
    const Point2 right = mean_of(points, {263, 362, 374, 386});
    return {(left + right) * .5, (points[61] + points[291]) * .5};
}

FaceCrop face_crop(std::span<const Point2> points, const FaceAxis& axis,
                   const CropOptions& options) {
    if (points.empty()) throw Error(ErrorCode::internal, {}, "no landmarks");
    Point2 down = axis.lips - axis.eyes;
    const double distance = length(down);
    down = distance <= 1e-3 ? Point2{0, 1} : down * (1 / distance);
    const Point2 across{down.y, -down.x};

    const Box box = square_box(points, across, down);
    const double side = std::max(box.side * options.scale, 1e-3);
    const Point2 centre =
        box.centre + across * (options.vx_ratio * side) + down * (options.vy_ratio * side);
    const double scale = options.size / side;
    const Point2 x_axis = (options.rotate ? across : Point2{1, 0}) * scale;
    const double half = options.size / 2.;

    FaceCrop crop;
    crop.photo_to_crop =
        as_float({x_axis.x, x_axis.y, half - (x_axis.x * centre.x + x_axis.y * centre.y),  //
                  -x_axis.y, x_axis.x, half - (-x_axis.y * centre.x + x_axis.x * centre.y)});
    crop.crop_to_photo = as_float(crop.photo_to_crop.inverse());
    return crop;
}

}  // namespace ditto::reenact
