#pragma once

#include <cstdint>
#include <vector>

#include "checkpoints/flex_map.h"
#include "checkpoints/onnx_graph.h"

// The custom operators of MediaPipe's face mesh with attention (Grishchenko et al., "Attention
// Mesh: High-fidelity Face Mesh Prediction in Real-time", 2020) in standard ONNX operators. The
// network finds the whole mesh first, then looks again at crops of its feature map around the lips
// and the eyes, each turned upright: a spatial transformer.

namespace ditto::checkpoints {

struct PictureSize {
    std::int64_t height;
    std::int64_t width;
};

/// Which landmarks a crop is laid around, and how.
struct CropParameters {
    std::vector<int> subset;
    /// The crop is turned so that the line from `left` to `right` is level.
    int left = 0;
    int right = 0;
    /// Of the crop, against the subset's box.
    double scale_x = 1;
    double scale_y = 1;
    PictureSize size{0, 0};

    /// Throws Error{model_corrupt}.
    static CropParameters read(const FlexMap& options);
    bool fits(std::int64_t landmarks) const;
};

/// Landmarks2TransformMatrix: landmarks [1, n, 3] in pixels of the feature map -> the matrix
/// [1, 4, 4] that takes pixels of the crop there,
/// M = T(centre) R(angle) S(scale * box / size) T(-size / 2).
Value crop_matrix(OnnxGraph& graph, const Value& landmarks, const CropParameters& parameters);

/// TransformTensorBilinear: the feature map [1, c, h, w] sampled at M (x + .5, y + .5) - .5; zero
/// where that lies outside of [0, size - 1].
Value sample_crop(OnnxGraph& graph, const Value& planes, PictureSize size, const Value& matrix,
                  PictureSize crop);

/// TransformLandmarks: points [1, n, 2] through the matrix [1, 4, 4].
Value transform_points(OnnxGraph& graph, const Value& points, const Value& matrix);

}  // namespace ditto::checkpoints
