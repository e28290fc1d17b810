#include "engines/mesh/depth_map.h"

namespace ditto::mesh {
namespace {
constexpr float nodes_per_unit = 14;
constexpr float smoothing = .15F;    // D
constexpr float carried_from = .1F;  // D outside the outline: still the outline's depth
constexpr float carried_to = .9F;    // D outside: the ears' depth
}  // namespace

DepthMap::DepthMap(const FaceGeometry& face, const Rect& area)
    : area_(area), step_(std::max(face.unit / nodes_per_unit, 1.F)) {
    nodes_x_ = static_cast<int>(static_cast<float>(area.width) / step_) + 2;
    nodes_y_ = static_cast<int>(static_cast<float>(area.height) / step_) + 2;
    depth_.reserve(static_cast<std::size_t>(nodes_x_ * nodes_y_));
    for (int j = 0; j < nodes_y_; ++j) {
        for (int i = 0; i < nodes_x_; ++i) {
            depth_.push_back(
                node(face, {static_cast<float>(area.x) + static_cast<float>(i) * step_,
                            static_cast<float>(area.y) + static_cast<float>(j) * step_}));
        }
    }
    // Two passes of a box make a blur without corners.
    const int radius = static_cast<int>(std::lround(smoothing * nodes_per_unit / 2));
    smooth(radius);
    smooth(radius);
}

float DepthMap::node(const FaceGeometry& face, Vec2 photo) const {
    float edge_depth = 0;
    const float outside = face.distance_outside(photo, &edge_depth);
    if (outside > 0) {
        const float part = smoothstep(carried_from * face.unit, carried_to * face.unit, outside);
        return lerp(edge_depth, face.ear_depth, part);
    }
    const float softness = .03F * face.unit;
    float weights = 0;
    float sum = 0;
    for (const Point3& p : face.landmarks.points) {
        const float dx = static_cast<float>(p.x) - photo.x;
        const float dy = static_cast<float>(p.y) - photo.y;
        const float near = dx * dx + dy * dy + softness * softness;
        const float weight = 1 / (near * near);
        weights += weight;
        sum += weight * static_cast<float>(p.z);
    }
    return sum / weights;
}

void DepthMap::smooth(int radius) {
    const auto pass = [&](int count, int lines, int stride, int line_stride) {
        std::vector<float> line(static_cast<std::size_t>(count));
        for (int l = 0; l < lines; ++l) {
            float* first = depth_.data() + l * line_stride;
            for (int i = 0; i < count; ++i) {
                float sum = 0;
                for (int k = -radius; k <= radius; ++k) {
                    sum += first[std::clamp(i + k, 0, count - 1) * stride];
                }
                line[static_cast<std::size_t>(i)] = sum / static_cast<float>(2 * radius + 1);
            }
            for (int i = 0; i < count; ++i)
                first[i * stride] = line[static_cast<std::size_t>(i)];
        }
    };
    pass(nodes_x_, nodes_y_, 1, nodes_x_);
    pass(nodes_y_, nodes_x_, nodes_x_, 1);
}

float DepthMap::operator()(Vec2 photo) const {
    const float x = std::clamp((photo.x - static_cast<float>(area_.x)) / step_, 0.F,
                               static_cast<float>(nodes_x_ - 1) - .001F);
    const float y = std::clamp((photo.y - static_cast<float>(area_.y)) / step_, 0.F,
                               static_cast<float>(nodes_y_ - 1) - .001F);
    const int i = static_cast<int>(x);
    const int j = static_cast<int>(y);
    const float* top = depth_.data() + j * nodes_x_ + i;
    const float* bottom = top + nodes_x_;
    const float fx = x - static_cast<float>(i);
    return lerp(lerp(top[0], top[1], fx), lerp(bottom[0], bottom[1], fx),
                y - static_cast<float>(j));
}

}  // namespace ditto::mesh
