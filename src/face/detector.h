#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/affine.h"
#include "core/image.h"
#include "face/sampling.h"
#include "nn/session.h"

namespace ditto::face {

/// Photo pixels throughout.
struct DetectedFace {
    /// The face's box, upright with the face: its middle and its sides before it is turned.
    Point2 centre = {};
    double width = 0;
    double height = 0;
    /// In [0.5, 1].
    double score = 0;
    /// Eye on the image's left, eye on its right, tip of the nose, mouth, left ear, right ear.
    std::array<Point2, 6> keypoints = {};

    /// Clockwise as seen; from eye to eye.
    double angle_rad() const;
};

/// BlazeFace, short range (Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on
/// Mobile GPUs", 2019). Immutable: detect() may be called from several threads at once.
class Detector {
  public:
    /// Throws Error{model_missing | model_corrupt | model_mismatch}.
    Detector(std::shared_ptr<const nn::Runtime> runtime, const std::filesystem::path& model,
             int threads);

    /// Faces of the photo, largest first. The whole photo is looked at first, where a face must
    /// take about 12 % of the longer side; where nothing or only small faces are found, overlapping
    /// tiles of a half and then a quarter follow.
    std::vector<DetectedFace> detect(const Image& photo) const;

    /// Faces whose box lies inside one square region, best first; the network sees it upright.
    std::vector<DetectedFace> detect_in(const Image& photo, const Region& region) const;

  private:
    std::vector<DetectedFace> detect_in_tiles(const Image& photo, int divisions) const;

    nn::Session session_;
};

/// Boxes that overlap (intersection over union above 0.3) are one face: their average, weighted by
/// the scores, with the best score. Best first.
std::vector<DetectedFace> merged(std::vector<DetectedFace> faces);

}  // namespace ditto::face
