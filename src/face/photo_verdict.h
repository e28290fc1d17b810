#pragma once

#include <vector>

#include "base/messages.h"
#include "core/image.h"
#include "face/detector.h"
#include "face/face_models.h"
#include "face/head_pose.h"
#include "face/landmarker.h"
#include "face/photo_quality.h"

namespace ditto::face {

/// A photo that can be animated, and what is known about its face.
struct PhotoVerdict {
    int face_count = 0;
    /// The face that is taken: the largest that can be animated. Cut to the photo's edges.
    Rect face_box;
    DetectedFace face;
    FaceMesh mesh;
    HeadPose pose;
    PhotoQuality quality;
    /// faces_several, mouth_open, photo_small.
    std::vector<Notice> notices;
};

/// Finds the largest face that can be animated; where there is none, says what keeps the largest
/// from it.
/// Throws Error{photo_too_small} below 256 pixels; Error{face_none} where there is no human face
/// (animals are told apart by the landmarks' presence); Error{face_too_small} below 12 % of the
/// photo's width; Error{face_turned} above 45 degrees to the side; Error{face_cut_off |
/// face_dark | face_blurred}.
PhotoVerdict examine_photo(const Image& photo, const FaceModels& models);

/// The same of the one face, of `face_count`, that was chosen by other means. Throws the same but
/// for Error{face_none}.
PhotoVerdict examine_face(const Image& photo, const DetectedFace& face, const FaceMesh& mesh,
                          int face_count, const FaceModels& models);

}  // namespace ditto::face
