#include "face/head_pose.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace ditto::face {
namespace {

constexpr double deg = std::numbers::pi / 180;

using Matrix4 = std::array<std::array<double, 4>, 4>;

/// The eigenvector of the largest eigenvalue of a symmetric matrix (Jacobi's rotations).
std::array<double, 4> main_eigenvector(Matrix4 m) {
    Matrix4 vectors{};
    for (std::size_t i = 0; i < 4; ++i)
        vectors[i][i] = 1;
    constexpr int sweeps = 20;  // converges quadratically; six are enough
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        for (std::size_t p = 0; p < 4; ++p) {
            for (std::size_t q = p + 1; q < 4; ++q) {
                if (m[p][q] == 0) continue;
                const double angle = .5 * std::atan2(2 * m[p][q], m[q][q] - m[p][p]);
                const double c = std::cos(angle);
                const double s = std::sin(angle);
                for (std::size_t k = 0; k < 4; ++k) {
                    const double kp = m[k][p];
                    m[k][p] = c * kp - s * m[k][q];
                    m[k][q] = s * kp + c * m[k][q];
                }
                for (std::size_t k = 0; k < 4; ++k) {
                    const double pk = m[p][k];
                    m[p][k] = c * pk - s * m[q][k];
                    m[q][k] = s * pk + c * m[q][k];
                    const double vp = vectors[k][p];
                    vectors[k][p] = c * vp - s * vectors[k][q];
                    vectors[k][q] = s * vp + c * vectors[k][q];
                }
            }
        }
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < 4; ++i) {
        if (m[i][i] > m[best][best]) best = i;
    }
    return {vectors[0][best], vectors[1][best], vectors[2][best], vectors[3][best]};
}

Rotation from_quaternion(const std::array<double, 4>& unit) {
    const auto [w, x, y, z] = unit;
    return {{{1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)},
             {2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)},
             {2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)}}};
}

/// Horn's matrix of the products' sums s[i][j] = sum of w * from_i * to_j.
Matrix4 horn_matrix(const std::array<std::array<double, 3>, 3>& s) {
    const double xx = s[0][0], xy = s[0][1], xz = s[0][2];
    const double yx = s[1][0], yy = s[1][1], yz = s[1][2];
    const double zx = s[2][0], zy = s[2][1], zz = s[2][2];
    return {{{xx + yy + zz, yz - zy, zx - xz, xy - yx},
             {yz - zy, xx - yy - zz, xy + yx, zx + xz},
             {zx - xz, xy + yx, yy - xx - zz, yz + zy},
             {xy - yx, zx + xz, yz + zy, zz - xx - yy}}};
}

/// The photo's y points down and its z away from the viewer; the canonical face's do not.
Point3 flipped(Point3 p) {
    return {p.x, -p.y, -p.z};
}

double dot(Point3 a, Point3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

std::array<double, 3> list(Point3 p) {
    return {p.x, p.y, p.z};
}

}  // namespace

Point3 rotated(const Rotation& rotation, Point3 point) {
    const auto row = [&](const std::array<double, 3>& r) {
        return r[0] * point.x + r[1] * point.y + r[2] * point.z;
    };
    return {row(rotation[0]), row(rotation[1]), row(rotation[2])};
}

Point3 HeadPose::to_photo(Point3 canonical) const {
    return translation + flipped(rotated(rotation, canonical)) * scale;
}

Point3 HeadPose::to_canonical(Point3 photo) const {
    Rotation back;
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j)
            back[i][j] = rotation[j][i];
    }
    return rotated(back, flipped(photo - translation) * (1 / scale));
}

Rotation rotation_of(double yaw_deg, double pitch_deg, double roll_deg) {
    const double a = -pitch_deg * deg;
    const double b = yaw_deg * deg;
    const double c = -roll_deg * deg;
    const double sa = std::sin(a), ca = std::cos(a);
    const double sb = std::sin(b), cb = std::cos(b);
    const double sc = std::sin(c), cc = std::cos(c);
    return {{{cc * cb, cc * sb * sa - sc * ca, cc * sb * ca + sc * sa},
             {sc * cb, sc * sb * sa + cc * ca, sc * sb * ca - cc * sa},
             {-sb, cb * sa, cb * ca}}};
}

HeadPose fit_head_pose(const PhotoLandmarks& landmarks, const CanonicalMesh& mesh) {
    double total = 0;
    Point3 from_middle;
    Point3 to_middle;
    for (const auto& [vertex, weight] : mesh.pose_weights) {
        const auto i = static_cast<std::size_t>(vertex);
        total += weight;
        from_middle = from_middle + mesh.vertices[i] * weight;
        to_middle = to_middle + flipped(landmarks[i]) * weight;
    }
    from_middle = from_middle * (1 / total);
    to_middle = to_middle * (1 / total);

    std::array<std::array<double, 3>, 3> products{};
    double from_spread = 0;
    double to_spread = 0;
    for (const auto& [vertex, weight] : mesh.pose_weights) {
        const auto i = static_cast<std::size_t>(vertex);
        const Point3 from = mesh.vertices[i] - from_middle;
        const Point3 to = flipped(landmarks[i]) - to_middle;
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t column = 0; column < 3; ++column)
                products[row][column] += weight * list(from)[row] * list(to)[column];
        }
        from_spread += weight * dot(from, from);
        to_spread += weight * dot(to, to);
    }
    HeadPose pose;
    pose.rotation = from_quaternion(main_eigenvector(horn_matrix(products)));
    // Symmetric in both point sets: noise in one does not shrink the face.
    pose.scale = std::sqrt(to_spread / from_spread);
    pose.translation = flipped(to_middle - rotated(pose.rotation, from_middle) * pose.scale);
    const Rotation& r = pose.rotation;
    pose.yaw_deg = std::asin(std::clamp(-r[2][0], -1., 1.)) / deg;
    pose.pitch_deg = -std::atan2(r[2][1], r[2][2]) / deg;
    pose.roll_deg = -std::atan2(r[1][0], r[0][0]) / deg;
    return pose;
}

}  // namespace ditto::face
