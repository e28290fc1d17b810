#pragma once

#include <array>
#include <optional>
#include <vector>

#include "face/landmarker.h"
#include "judge/face_track.h"
#include "judge/measures.h"
#include "judge/report.h"

// Five of the eight measures of N. Quignon, B. Chopin, Y. Wang and A. Dantcheva, "THEval.
// Evaluation Framework for Talking Head Video Generation" (2025), as published: lip_sync,
// silent_lip_stability, lip_dynamics, eyebrow_dynamics, head_motion_dynamics. Two of them are in
// pixels of the frame, which depend on how large a face is shown: here the frame is a square of
// 4.5 D around the face, of 256 pixels for the lips and 512 for the head.
namespace ditto::judge {

/// What the authors measured on their real recordings.
struct ThevalReal {
    static constexpr double lip_sync = .2528;
    static constexpr double silent_lip_stability = .0263;
    static constexpr double lip_dynamics = 1.7166;
    static constexpr double eyebrow_dynamics = .00678;
    static constexpr double head_motion_dynamics = 18.47;
};

/// Watches the landmarks in the picture's plane. Memory is constant but for 40 bytes a frame.
class ThevalWatch {
  public:
    /// Every frame in turn; nothing where there is no face.
    void add(const std::optional<face::FaceMesh>& mesh);

    /// Of one frame, lengths over the distance of the eyes' outer corners or middles.
    struct Frame {
        bool present = false;
        double lip_opening = 0;  ///< mean vertical distance of 8 pairs of the inner lips
        double left_brow = 0;    ///< from the brow's middle to the eye's
        double right_brow = 0;
        Point2 centre = {};  ///< of the face's box, pixels
    };
    const std::vector<Frame>& frames() const { return frames_; }
    /// Mean over all pairs of lip points of their distance's standard deviation over time, pixels.
    std::optional<double> lip_dynamics_px() const;

  private:
    static constexpr std::size_t lip_points_ = 40;
    static constexpr std::size_t pairs_ = lip_points_ * (lip_points_ - 1) / 2;

    std::vector<Frame> frames_;
    int found_ = 0;
    // Welford's running mean and sum of squares of each pair's distance
    std::array<double, pairs_> mean_{};
    std::array<double, pairs_> squares_{};
};

void add_theval_measures(Report& report, const ThevalWatch& watch, const FaceTrack& track,
                         const Sound& sound);

}  // namespace ditto::judge
