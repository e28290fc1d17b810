#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/affine.h"
#include "core/image.h"
#include "core/tensor.h"
#include "nn/session.h"

// InsightFace's detector (SCRFD: Guo et al., "Sample and Computation Redistribution for Efficient
// Face Detection", 2021) and its 106 landmarks, as Ditto runs them (core/aux_models/
// insightface_det.py and insightface_landmark106.py). Pixel centres lie at whole numbers. Both
// networks get their planes in the order blue, green, red: Ditto swaps the planes of a picture that
// is RGB already.
namespace ditto::reenact {

/// Corners in photo pixels.
struct FaceBox {
    float left = 0;
    float top = 0;
    float right = 0;
    float bottom = 0;
    float score = 0;  // 0.5 to 1

    float area() const { return (right - left) * (bottom - top); }
};

/// (1,3,512,512), -1 to 1: the photo made to fit, in the upper left corner, black beside it.
struct DetectorInput {
    Tensor image;
    double scale = 1;  // from photo pixels
};
DetectorInput detector_input(const Image& photo);

/// The detector looks from 64x64, 32x32 and 16x16 places, twice from each.
inline constexpr std::array detector_strides{8, 16, 32};

/// Scores (N) and distances from a place to left, top, right and bottom (N,4), in strides, N = 2
/// (512 / stride)^2, one of each for a stride. Boxes of a score of at least 0.5 that no better one
/// overlaps by more than 0.4, best first.
std::vector<FaceBox> face_boxes(std::span<const std::span<const float>, 3> scores,
                                std::span<const std::span<const float>, 3> distances, double scale);

/// To the 192 x 192 pixels around a box, 1.5 times as large as its longer side.
Affine photo_to_landmark_crop(const FaceBox& box);
/// These pixels as (1,3,192,192), 0 to 255.
Tensor landmark_input(const Image& photo, const FaceBox& box);
/// From the network's -1 to 1 to photo pixels.
std::vector<Point2> landmarks_in_photo(std::span<const float> found, const FaceBox& box);

/// Networks: one input (1,3,512,512) -> scores, boxes and key points for each stride, in this order
/// (ditto_onnx calls them scores1 to kps3, det_10g.onnx has numbers); one input (1,3,192,192) ->
/// (1,212). Immutable: may be used from several threads at once.
class InsightFace {
  public:
    /// Throws Error{model_mismatch}.
    InsightFace(nn::Session detector, nn::Session landmarks);

    /// Largest first. Throws Error{model_mismatch}, as does landmarks().
    std::vector<FaceBox> detect(const Image& photo) const;
    /// 106 points in photo pixels.
    std::vector<Point2> landmarks(const Image& photo, const FaceBox& box) const;

  private:
    nn::Session detector_;
    nn::Session landmarks_;
};

}  // namespace ditto::reenact
