#pragma once

#include <array>
#include <filesystem>
#include <utility>
#include <vector>

#include "core/affine.h"

namespace ditto::face {

/// MediaPipe's canonical face: what a face at rest looks like from the front. The first 468
/// landmarks of a FaceMesh are its vertices.
struct CanonicalMesh {
    static constexpr std::size_t vertex_count = 468;

    /// Centimetres; x to the image's right, y up, z towards the viewer.
    std::vector<Point3> vertices;
    /// In [0, 1], y down.
    std::vector<Point2> uv;
    /// 898 triangles; the mesh is closed at the mouth and the eyes.
    std::vector<std::array<int, 3>> triangles;
    /// Vertices that hold still while the face moves, with the weight of each in a fit of the pose.
    std::vector<std::pair<int, double>> pose_weights;

    /// Reads canonical_face.txt (checkpoints/face_geometry.h writes it).
    /// Throws Error{model_missing | model_corrupt}.
    static CanonicalMesh load(const std::filesystem::path& path);
};

}  // namespace ditto::face
