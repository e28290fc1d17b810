#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/image.h"
#include "face/face_models.h"
#include "judge/statistics.h"

namespace ditto::judge {

/// What the landmarks of one frame tell. Lengths are in distances D between the middles of the
/// eyes, taken in the head's own frame, so that a turn of the head neither shortens nor moves them.
struct FaceSignals {
    double lip_gap = 0;      ///< D, between the inner edges of the lips, mean of the middle three
    double mouth_width = 0;  ///< D, from corner to corner
    double eye_opening = 0;  ///< lids' distance over the eye's width, mean of both eyes
    double brow_height = 0;  ///< D, of the brows' middles above the eyes' corners
    double yaw_deg = 0;      ///< as in face::HeadPose
    double pitch_deg = 0;
    double roll_deg = 0;
    double eye_distance_px = 0;  ///< D in the frame's pixels
    Point2 centre = {};          ///< between the eyes, pixels
    Point2 mouth = {};           ///< between the lips, pixels
};

/// Measured in centimetres of the canonical face; divided by D by FaceTrack.
FaceSignals measure_face(const face::FaceMesh& mesh, const face::CanonicalMesh& canonical,
                         double& eye_distance_cm);

/// Follows the largest face through a video's frames.
class FaceTracker {
  public:
    explicit FaceTracker(const face::FaceModels& models) : models_(models) {}

    /// The frame's mesh; nothing where there is no face. The face is looked for again where it was
    /// lost.
    std::optional<face::FaceMesh> next(const Image& frame);

  private:
    const face::FaceModels& models_;
    std::optional<face::FaceMesh> previous_;
};

/// The signals of a whole video.
class FaceTrack {
  public:
    explicit FaceTrack(double fps) : fps_(fps) {}

    void add(const std::optional<face::FaceMesh>& mesh, const face::CanonicalMesh& canonical);
    /// Divides by D (the median over the video, so that its noise stays out) and fills frames
    /// without a face from their neighbours. Nothing may be added after it.
    void finish();

    double fps() const { return fps_; }
    std::size_t size() const { return signals_.size(); }
    std::size_t frames_with_face() const { return found_; }
    const FaceSignals& operator[](std::size_t frame) const { return signals_[frame]; }
    Curve curve(double FaceSignals::*signal) const;

  private:
    double fps_;
    std::vector<FaceSignals> signals_;
    std::vector<bool> has_face_;
    std::vector<double> eye_distances_cm_;
    std::size_t found_ = 0;
};

/// A line a frame, separated by tabs, after one heading line; the first frame begins at `first_s`.
/// Without any face there are no lines.
std::string to_table(const FaceTrack& track, double first_s);

}  // namespace ditto::judge
