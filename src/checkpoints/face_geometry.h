#pragma once

#include <array>
#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ditto::checkpoints {

/// MediaPipe's canonical face: a mesh in centimetres (x to the image's right, y up, z towards the
/// viewer) and the landmarks, with weights, that the pose is fitted to.
struct FaceGeometry {
    struct Vertex {
        std::array<float, 3> position;
        std::array<float, 2> uv;
    };
    std::vector<Vertex> vertices;
    std::vector<std::array<int, 3>> triangles;
    std::vector<std::pair<int, float>> weights;

    /// From mediapipe.face_geometry.GeometryPipelineMetadata, a protocol buffer
    /// (mediapipe/modules/face_geometry/protos). Every index of the result exists.
    /// Throws Error{model_corrupt}; `source` stands for the file there.
    static FaceGeometry read(std::span<const std::byte> message, const std::string& source);

    /// Lines of text: `v x y z u v`, `f a b c` (counted from 0), `p landmark weight`.
    void write(std::ostream& out) const;
};

}  // namespace ditto::checkpoints
