#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/progress.h"
#include "core/image.h"
#include "core/landmarks.h"
#include "engines/ditto/avatar_registrar.h"
#include "engines/ditto/networks.h"
#include "face/face_models.h"

namespace ditto::reenact {

/// The face of a picture.
struct SourceFace {
    /// MediaPipe's 478 points.
    PhotoLandmarks landmarks;
    /// Where InsightFace found the face; else the crop follows the 478 points.
    std::optional<RefinedCrop> crop = {};
};

/// Finds the face of a photo, or of a video's pictures one after the other. MediaPipe's detector
/// takes the largest face that can be animated. InsightFace's, where its networks are there, takes
/// the largest; then its 106 points lead to the crop, as in the reference, and MediaPipe finds the
/// 478 points there. For one picture or video: not to be shared.
class FaceSearch {
  public:
    FaceSearch(const face::FaceModels& models, const Networks& networks, const CropOptions& crop)
        : models_(models), networks_(networks), crop_(crop) {}

    /// The first picture's face is looked for and judged: throws what face::examine_photo() throws
    /// and has `progress` give its notices. In the next ones it is followed, and looked for anew
    /// where it is lost: throws Error{face_lost}.
    SourceFace operator()(const Image& picture, Progress& progress);

  private:
    SourceFace by_media_pipe(const Image& picture, Progress& progress);
    SourceFace by_insight_face(const Image& picture, Progress& progress);

    const face::FaceModels& models_;
    const Networks& networks_;
    CropOptions crop_;
    std::size_t pictures_ = 0;
    PhotoLandmarks previous_;
    std::vector<Point2> previous_203_;
};

/// The registrar in the crop of `face`.
SourceFrame register_frame(const AvatarRegistrar& registrar, const Image& picture,
                           const SourceFace& face, const CropOptions& crop, const Dump& dump);

}  // namespace ditto::reenact
