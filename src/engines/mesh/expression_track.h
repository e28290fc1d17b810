#pragma once

#include <vector>

#include "engine/emotion.h"
#include "engines/mesh/face_state.h"

namespace ditto::mesh {

/// The face of an EmotionTimeline over time: of a blend, the mean of its emotions' faces by their
/// shares. At each border one face grows into the next, however short the sections are.
class ExpressionTrack {
  public:
    /// From the moment a section begins until it is there in full, s.
    static constexpr double transition_s = .3;

    explicit ExpressionTrack(const EmotionTimeline& timeline);

    /// `time_s` from the voice's beginning; to be added to what the voice does.
    FaceState at(double time_s) const;

  private:
    struct Section {
        double start_s;
        FaceState face;
    };
    std::vector<Section> sections_;
};

}  // namespace ditto::mesh
