#include "engines/ditto/eye_info.h"

#include "base/error.h"

namespace ditto::reenact {
namespace {

/// Indices into the 478 points.
struct EyePoints {
    std::size_t outer, inner;
    std::array<std::array<std::size_t, 2>, 3> lids;  // lower, upper
    std::size_t iris;
};

constexpr EyePoints left_eye{33, 133, {{{145, 159}, {144, 160}, {153, 158}}}, 468};
constexpr EyePoints right_eye{263, 362, {{{374, 386}, {373, 387}, {380, 385}}}, 473};

/// Keeps a division from failing where two points coincide; as in the reference.
constexpr double tiny = 1e-8;

Point3 direction(Point3 to, Point3 from) {
    const Point3 way = to - from;
    return way * (1 / (length(way) + tiny));
}

double openness(std::span<const Point3> points, const EyePoints& eye) {
    double lids = 0;
    for (const auto& [lower, upper] : eye.lids)
        lids += length(points[lower] - points[upper]);
    return lids / (length(points[eye.outer] - points[eye.inner]) + tiny);
}

Point3 ball_move(std::span<const Point3> points, const EyePoints& eye) {
    const Point3 outer = points[eye.outer];
    const Point3 inner = points[eye.inner];
    const Point3 iris = points[eye.iris];
    const Point3 middle = (outer + inner) * .5;
    return (direction(iris, middle) - direction(outer, inner)) * length(iris - middle);
}

}  // namespace

EyeInfo eye_info(std::span<const Point3> points) {
    if (points.size() != 478) throw Error(ErrorCode::internal, {}, "wrong number of landmarks");
    EyeInfo info;
    info.open = {static_cast<float>(openness(points, left_eye)),
                 static_cast<float>(openness(points, right_eye))};
    const Point3 left = ball_move(points, left_eye);
    const Point3 right = ball_move(points, right_eye);
    info.ball = {static_cast<float>(left.x), static_cast<float>(right.x),
                 static_cast<float>(left.y), static_cast<float>(right.y),
                 static_cast<float>(left.z), static_cast<float>(right.z)};
    return info;
}

}  // namespace ditto::reenact
