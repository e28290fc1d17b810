#include "engines/ditto/motion.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace ditto::reenact {
namespace {

/// Visits the parts of a motion vector in order: visit(field, offset) with arrays.
template <class Info, class Visit>
void for_each_part(Info& info, const Visit& visit) {
    visit(info.pitch, 1);
    visit(info.yaw, 1 + bin_count);
    visit(info.roll, 1 + 2 * bin_count);
    visit(info.translation, 1 + 3 * bin_count);
    visit(info.expression, expression_offset);
}

struct Sine {
    explicit Sine(double angle_deg)
        : sin(std::sin(angle_deg / 180 * std::numbers::pi)),
          cos(std::cos(angle_deg / 180 * std::numbers::pi)) {}
    double sin;
    double cos;
};

using Matrix3 = std::array<std::array<double, 3>, 3>;

Matrix3 product(const Matrix3& a, const Matrix3& b) {
    Matrix3 result{};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            for (std::size_t k = 0; k < 3; ++k)
                result[i][j] += a[i][k] * b[k][j];
        }
    }
    return result;
}

/// Rz Ry Rx, not transposed.
Matrix3 rotation(const Pose& pose) {
    const Sine x(pose.pitch_deg);
    const Sine y(pose.yaw_deg);
    const Sine z(pose.roll_deg);
    const Matrix3 about_x{{{1, 0, 0}, {0, x.cos, -x.sin}, {0, x.sin, x.cos}}};
    const Matrix3 about_y{{{y.cos, 0, y.sin}, {0, 1, 0}, {-y.sin, 0, y.cos}}};
    const Matrix3 about_z{{{z.cos, -z.sin, 0}, {z.sin, z.cos, 0}, {0, 0, 1}}};
    return product(product(about_z, about_y), about_x);
}

/// The means of one field over windows of the frames.
template <class Field>
void smooth_field(std::span<MotionInfo> frames, int window, const Field& field) {
    const auto half = static_cast<std::size_t>(window / 2);
    std::vector<std::vector<float>> before;
    for (MotionInfo& frame : frames) {
        const std::span<float> values = field(frame);
        before.emplace_back(values.begin(), values.end());
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const std::size_t first = i < half ? 0 : i - half;
        const std::size_t end = std::min(frames.size(), i + half + 1);
        const std::span<float> values = field(frames[i]);
        for (std::size_t k = 0; k < values.size(); ++k) {
            double sum = 0;
            for (std::size_t j = first; j < end; ++j)
                sum += before[j][k];
            values[k] = static_cast<float>(sum / static_cast<double>(end - first));
        }
    }
}

}  // namespace

MotionVector to_vector(const MotionInfo& info) {
    MotionVector vector{};
    vector[0] = info.scale - 1;
    for_each_part(info, [&](const auto& part, std::size_t offset) {
        std::copy(part.begin(), part.end(), vector.begin() + static_cast<std::ptrdiff_t>(offset));
    });
    return vector;
}

MotionInfo from_vector(const MotionVector& vector) {
    MotionInfo info;
    info.scale = vector[0] + 1;
    for_each_part(info, [&](auto& part, std::size_t offset) {
        std::copy_n(vector.begin() + static_cast<std::ptrdiff_t>(offset), part.size(),
                    part.begin());
    });
    return info;
}

double degrees(const AngleBins& bins) {
    const double highest = *std::max_element(bins.begin(), bins.end());
    double sum = 0;
    double weighted = 0;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        const double weight = std::exp(bins[i] - highest);
        sum += weight;
        weighted += weight * static_cast<double>(i);
    }
    return weighted / sum * 3 - 97.5;
}

Pose pose_of(const MotionInfo& info) {
    return {info.scale,         degrees(info.pitch), degrees(info.yaw),
            degrees(info.roll), info.translation,    info.expression};
}

Keypoints transformed(const Keypoints& canonical, const Pose& pose) {
    const Matrix3 turn = rotation(pose);
    Keypoints result{};
    for (std::size_t point = 0; point < keypoint_count; ++point) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            double value = pose.expression[point * 3 + axis];
            for (std::size_t k = 0; k < 3; ++k)
                value += canonical[point * 3 + k] * turn[axis][k];
            value *= pose.scale;
            if (axis < 2) value += pose.translation[axis];
            result[point * 3 + axis] = static_cast<float>(value);
        }
    }
    return result;
}

void smooth(std::span<MotionInfo> frames, int window) {
    if (frames.size() < 2 || window < 2) return;
    const auto each = [&](auto field) {
        smooth_field(frames, window, [&](MotionInfo& f) { return std::span<float>(f.*field); });
    };
    smooth_field(frames, window, [](MotionInfo& f) { return std::span<float>(&f.scale, 1); });
    each(&MotionInfo::pitch);
    each(&MotionInfo::yaw);
    each(&MotionInfo::roll);
    each(&MotionInfo::translation);
    each(&MotionInfo::expression);
    each(&MotionInfo::canonical);
}

std::size_t mirror_index(std::size_t index, std::size_t size) {
    const std::size_t rest = index % size;
    return index / size % 2 == 0 ? rest : size - rest - 1;
}

}  // namespace ditto::reenact
