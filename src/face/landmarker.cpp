#include "face/landmarker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "face/canonical_mesh.h"
#include "face/mesh_points.h"

namespace ditto::face {
namespace {

constexpr int input_size = 192;
constexpr double region_scale = 1.5;
constexpr std::size_t iris_points = 5;
constexpr int max_looks = 5;
/// Distances of the eyes.
constexpr double still = 0.015;

/// Overwrites x and y of the listed points; z stays.
void refine(std::span<const std::uint16_t> points, const Tensor& from,
            std::vector<Point3>& landmarks) {
    const auto xy = from.values<float>();
    for (std::size_t i = 0; i < points.size(); ++i) {
        landmarks[points[i]].x = xy[2 * i];
        landmarks[points[i]].y = xy[2 * i + 1];
    }
}

/// The network gives the iris no depth: it lies where the edge of the eye does.
void add_iris(std::span<const std::uint16_t> eye, const Tensor& from,
              std::vector<Point3>& landmarks) {
    double z = 0;
    for (const std::uint16_t point : eye.first(eye_contour_points))
        z += landmarks[point].z / static_cast<double>(eye_contour_points);
    const auto xy = from.values<float>();
    for (std::size_t i = 0; i < iris_points; ++i)
        landmarks.push_back({xy[2 * i], xy[2 * i + 1], z});
}

/// In pixels of the network's input.
std::vector<Point3> decode(const std::vector<Tensor>& out) {
    std::vector<Point3> landmarks;
    const auto mesh = out[0].values<float>();
    for (std::size_t i = 0; i < CanonicalMesh::vertex_count; ++i)
        landmarks.push_back({mesh[3 * i], mesh[3 * i + 1], mesh[3 * i + 2]});
    refine(lips_points, out[1], landmarks);
    refine(left_eye_points, out[2], landmarks);
    refine(right_eye_points, out[3], landmarks);
    add_iris(left_eye_points, out[4], landmarks);
    add_iris(right_eye_points, out[5], landmarks);
    return landmarks;
}

}  // namespace

Region region_of(const DetectedFace& face) {
    return {face.centre, region_scale * std::max(face.width, face.height), face.angle_rad()};
}

Region region_of(const PhotoLandmarks& landmarks) {
    const Point2 across = landmarks[right_eye_corner].xy() - landmarks[left_eye_corner].xy();
    const double angle = std::atan2(across.y, across.x);
    const Affine level{std::cos(angle), std::sin(angle), 0, -std::sin(angle), std::cos(angle), 0};
    constexpr double huge = std::numeric_limits<double>::max();
    Point2 low{huge, huge};
    Point2 high{-huge, -huge};
    for (std::size_t i = 0; i < CanonicalMesh::vertex_count; ++i) {
        const Point2 at = level(landmarks[i].xy());
        low = {std::min(low.x, at.x), std::min(low.y, at.y)};
        high = {std::max(high.x, at.x), std::max(high.y, at.y)};
    }
    return {level.inverse()((low + high) * .5),
            region_scale * std::max(high.x - low.x, high.y - low.y), angle};
}

double distance_in_eyes(const PhotoLandmarks& a, const PhotoLandmarks& b) {
    double sum = 0;
    for (std::size_t i = 0; i < CanonicalMesh::vertex_count; ++i) {
        const Point2 apart = a[i].xy() - b[i].xy();
        sum += apart.x * apart.x + apart.y * apart.y;
    }
    const double eyes = length(a[right_eye_corner].xy() - a[left_eye_corner].xy());
    return std::sqrt(sum / CanonicalMesh::vertex_count) / std::max(eyes, 1e-6);
}

double unsteadiness(const Landmarker& landmarker, const Image& photo, const FaceMesh& mesh) {
    struct Change {
        double right, down, scale, turn_rad;
    };
    constexpr std::array changes{Change{.08, 0, 1, 0},  Change{-.08, 0, 1, 0}, Change{0, .08, 1, 0},
                                 Change{0, -.08, 1, 0}, Change{0, 0, .85, 0},  Change{0, 0, 1.2, 0},
                                 Change{0, 0, 1, .25},  Change{0, 0, 1, -.25}};
    const Region region = region_of(mesh.landmarks);
    double sum = 0;
    for (const Change& change : changes) {
        const Region changed{region.centre + Point2{change.right, change.down} * region.side,
                             region.side * change.scale, region.angle_rad + change.turn_rad};
        sum += distance_in_eyes(mesh.landmarks, landmarker.locate_in(photo, changed).landmarks);
    }
    return sum / changes.size();
}

Landmarker::Landmarker(std::shared_ptr<const nn::Runtime> runtime,
                       const std::filesystem::path& model, int threads)
    : session_(std::move(runtime), model, {.threads = threads}) {
    session_.require_input({"input_1", DataType::f32, {1, input_size, input_size, 3}});
    const auto require = [&](const char* name, std::size_t values) {
        session_.require_output(
            {name, DataType::f32, {1, 1, 1, static_cast<std::int64_t>(values)}});
    };
    require("output_mesh_identity", CanonicalMesh::vertex_count * 3);
    require("output_lips", lips_points.size() * 2);
    require("output_left_eye", left_eye_points.size() * 2);
    require("output_right_eye", right_eye_points.size() * 2);
    require("output_left_iris", iris_points * 2);
    require("output_right_iris", iris_points * 2);
    require("conv_faceflag", 1);
}

FaceMesh Landmarker::locate_in(const Image& photo, const Region& region) const {
    const Tensor input = sample_tensor(photo, region, input_size, Border::replicate, 1 / 255.F, 0);
    const auto out =
        session_.run({{"input_1", input.view()}},
                     {"output_mesh_identity", "output_lips", "output_left_eye", "output_right_eye",
                      "output_left_iris", "output_right_iris", "conv_faceflag"});
    FaceMesh mesh;
    const Affine crop_to_photo = region.crop_to_photo(input_size);
    const double scale = region.side / input_size;
    for (const Point3& point : decode(out)) {
        const Point2 at = crop_to_photo(point.xy());
        mesh.landmarks.points.push_back({at.x, at.y, point.z * scale});
    }
    mesh.presence = 1 / (1 + std::exp(-static_cast<double>(out[6].values<float>()[0])));
    return mesh;
}

FaceMesh Landmarker::locate(const Image& photo, const DetectedFace& face) const {
    FaceMesh mesh = locate_in(photo, region_of(face));
    for (int look = 2; look <= max_looks; ++look) {
        FaceMesh next = track(photo, mesh.landmarks);
        const double moved = distance_in_eyes(next.landmarks, mesh.landmarks);
        mesh = std::move(next);
        if (moved < still) break;
    }
    return mesh;
}

FaceMesh Landmarker::track(const Image& photo, const PhotoLandmarks& previous) const {
    return locate_in(photo, region_of(previous));
}

}  // namespace ditto::face
