#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "articulation/articulation.h"
#include "engine/controls.h"
#include "engines/mesh/expression_track.h"
#include "engines/mesh/eye_motion.h"
#include "engines/mesh/face_state.h"
#include "engines/mesh/head_motion.h"

namespace ditto::mesh {

/// What of the face a performance must know.
struct PerformanceSubject {
    float mouth_gap = 0;  // the photo's own gap between the inner lips, D
    float yaw_deg = 0;    // of the head in the photo
};

/// Lips after the voice: gaps are targets that the photo's own gap is counted against, so that
/// lips close fully also where the photo shows teeth. Head, eyes and expression fields stay 0.
FaceState mouth_state(const ArticulationFrame& voice, float photo_gap, float amount);

/// From articulation to whole faces, frame by frame: lips, expression, head, eyes, brows, and the
/// fades from and to the photo. Holds back `fade_out` frames, since only the end of the voice says
/// where the fade begins.
class Performance {
  public:
    Performance(const PerformanceSubject& subject, const Controls& controls);

    std::vector<FaceState> push(const ArticulationFrame& voice);
    std::vector<FaceState> finish();

  private:
    FaceState whole_face(const ArticulationFrame& voice);

    PerformanceSubject subject_;
    Controls controls_;
    ExpressionTrack expression_;
    HeadMotion head_;
    EyeMotion eyes_;
    float brow_ = 0;  // follows emphasis
    std::int64_t made_ = 0;
    std::deque<FaceState> held_;
};

}  // namespace ditto::mesh
