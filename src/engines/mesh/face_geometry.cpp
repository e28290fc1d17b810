#include "engines/mesh/face_geometry.h"

#include <limits>
#include <numbers>
#include <span>

#include "engines/mesh/lip_line.h"
#include "face/mesh_points.h"

namespace ditto::mesh {
namespace {

// Indices into MediaPipe's 478-point face mesh; image left to image right.
constexpr std::array upper_inner_lip{78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308};
constexpr std::array lower_inner_lip{78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308};
constexpr std::array upper_outer_lip{61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291};
constexpr std::array lower_outer_lip{61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291};
constexpr int nose_base = 2;
constexpr int chin_tip = 152;
constexpr int left_ear = 234;
constexpr int right_ear = 454;

struct EyeIndices {
    int left_corner;
    int right_corner;
    std::array<int, 9> upper;
    std::array<int, 9> lower;
    int iris;
    std::array<int, 5> brow_upper;
    std::array<int, 5> brow_lower;
    bool inner_is_right;
};

constexpr std::array eye_indices{
    EyeIndices{33,
               133,
               {33, 246, 161, 160, 159, 158, 157, 173, 133},
               {33, 7, 163, 144, 145, 153, 154, 155, 133},
               468,
               {70, 63, 105, 66, 107},
               {46, 53, 52, 65, 55},
               true},
    EyeIndices{362,
               263,
               {362, 398, 384, 385, 386, 387, 388, 466, 263},
               {362, 382, 381, 380, 374, 373, 390, 249, 263},
               473,
               {336, 296, 334, 293, 300},
               {285, 295, 282, 283, 276},
               false},
};

Vec2 flat(Point3 p) {
    return {static_cast<float>(p.x), static_cast<float>(p.y)};
}

Vec2 unit_vector(Vec2 v) {
    return v * (1 / std::max(length(v), 1e-6F));
}

class Measurement {
  public:
    explicit Measurement(const PhotoLandmarks& landmarks) : landmarks_(landmarks) {}

    Vec2 at(int index) const { return flat(landmarks_[static_cast<std::size_t>(index)]); }
    Point3 deep(int index) const { return landmarks_[static_cast<std::size_t>(index)]; }

    Curve curve(const LocalFrame& frame, std::span<const int> indices) const {
        std::vector<Vec2> points;
        for (const int index : indices)
            points.push_back(frame.to_local(at(index)));
        return Curve(std::move(points));
    }

  private:
    const PhotoLandmarks& landmarks_;
};

EyeGeometry measure_eye(const Measurement& m, const EyeIndices& indices, const FaceGeometry& face) {
    EyeGeometry eye;
    const Vec2 left = m.at(indices.left_corner);
    const Vec2 right = m.at(indices.right_corner);
    const Vec2 axis = unit_vector(right - left);
    eye.frame = {(left + right) * .5F, axis, {-axis.y, axis.x}, face.unit};
    eye.half_width = length(right - left) / 2 / face.unit;
    eye.upper = m.curve(eye.frame, indices.upper);
    eye.lower = m.curve(eye.frame, indices.lower);
    eye.iris = eye.frame.to_local(m.at(indices.iris));
    float radius = 0;
    for (int i = 1; i <= 4; ++i) {
        radius += length(eye.frame.to_local(m.at(indices.iris + i)) - eye.iris) / 4;
    }
    eye.iris_radius = radius;
    const float brow = eye.frame.to_local(m.at(indices.brow_lower[2])).y;
    eye.brow_distance = std::clamp(eye.upper(0) - brow, .12F, .5F);
    return eye;
}

BrowGeometry measure_brow(const Measurement& m, const EyeIndices& indices) {
    const auto middle_line = [&](std::size_t i) {
        return (m.at(indices.brow_upper[i]) + m.at(indices.brow_lower[i])) * .5F;
    };
    if (indices.inner_is_right) return {middle_line(4), middle_line(2), middle_line(0)};
    return {middle_line(0), middle_line(2), middle_line(4)};
}

MouthGeometry measure_mouth(const Image& photo, const Measurement& m, const FaceGeometry& face) {
    MouthGeometry mouth;
    const Vec2 left = m.at(61);
    const Vec2 right = m.at(291);
    const Vec2 axis = unit_vector(right - left);
    // The middle of the lips, not of the corners: on a turned face the halves differ.
    const Vec2 middle = (m.at(13) + m.at(14)) * .5F;
    const Vec2 origin = left + axis * dot(middle - left, axis);
    mouth.frame = {origin, axis, {-axis.y, axis.x}, face.unit};
    mouth.half_left = std::max(length(origin - left) / face.unit, .1F);
    mouth.half_right = std::max(length(right - origin) / face.unit, .1F);
    mouth.upper_outer = m.curve(mouth.frame, upper_outer_lip);
    mouth.lower_outer = m.curve(mouth.frame, lower_outer_lip);
    mouth.nose_y = mouth.frame.to_local(m.at(nose_base)).y;
    mouth.chin_y = mouth.frame.to_local(m.at(chin_tip)).y;
    const LipCurves inner =
        find_lip_curves(photo, mouth.frame, m.curve(mouth.frame, upper_inner_lip),
                        m.curve(mouth.frame, lower_inner_lip), -mouth.half_left, mouth.half_right);
    mouth.upper_inner = inner.upper;
    mouth.lower_inner = inner.lower;
    mouth.line = inner.middle;
    mouth.gap = std::max(inner.lower(0) - inner.upper(0), 0.F);
    return mouth;
}

}  // namespace

float FaceGeometry::distance_outside(Vec2 photo, float* depth) const {
    float nearest = std::numeric_limits<float>::max();
    bool inside = false;
    for (std::size_t i = 0; i < oval.size(); ++i) {
        const std::size_t j = (i + 1) % oval.size();
        const Vec2 a = oval[i];
        const Vec2 b = oval[j];
        const Vec2 edge = b - a;
        const float along = std::clamp(dot(photo - a, edge) / dot(edge, edge), 0.F, 1.F);
        const float distance = length(photo - (a + edge * along));
        if (distance < nearest) {
            nearest = distance;
            if (depth != nullptr) *depth = lerp(oval_depth[i], oval_depth[j], along);
        }
        if ((a.y > photo.y) != (b.y > photo.y) &&
            photo.x < a.x + (photo.y - a.y) / (b.y - a.y) * edge.x) {
            inside = !inside;
        }
    }
    return inside ? -nearest : nearest;
}

FaceGeometry measure_face(const Image& photo, const PhotoLandmarks& landmarks) {
    const Measurement m(landmarks);
    FaceGeometry face;
    face.landmarks = landmarks;
    const Point3 left_eye = (m.deep(33) + m.deep(133)) * .5;
    const Point3 right_eye = (m.deep(362) + m.deep(263)) * .5;
    face.unit = static_cast<float>(ditto::length(right_eye - left_eye));
    face.eye_middle = (flat(left_eye) + flat(right_eye)) * .5F;
    face.right = unit_vector(flat(right_eye) - flat(left_eye));
    face.chin = m.at(chin_tip);
    face.down = unit_vector(face.chin - m.at(10));
    const Point3 ears = m.deep(right_ear) - m.deep(left_ear);
    face.yaw_deg =
        static_cast<float>(std::atan2(ears.z, std::hypot(ears.x, ears.y)) * 180 / std::numbers::pi);
    // A turned face lies at the rim of its head: the head's middle is on the side of the near ear.
    const float aside = -.55F * std::sin(face.yaw_deg * std::numbers::pi_v<float> / 180);
    face.head_centre = face.eye_middle + (face.right * aside - face.down * .15F) * face.unit;
    face.ear_depth = static_cast<float>((m.deep(left_ear).z + m.deep(right_ear).z) / 2);
    face.lip_depth = static_cast<float>(m.deep(13).z);
    for (const std::size_t index : face::face_oval_points) {
        face.oval.push_back(m.at(index));
        face.oval_depth.push_back(static_cast<float>(m.deep(index).z));
    }
    for (std::size_t i = 0; i < 2; ++i) {
        face.eyes[i] = measure_eye(m, eye_indices[i], face);
        face.brows[i] = measure_brow(m, eye_indices[i]);
    }
    face.mouth = measure_mouth(photo, m, face);
    return face;
}

}  // namespace ditto::mesh
