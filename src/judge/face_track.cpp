#include "judge/face_track.h"

#include <array>
#include <iomanip>
#include <sstream>
#include <utility>

#include "face/head_pose.h"

namespace ditto::judge {
namespace {

using face::FaceMesh;

/// Upper and lower point of a pair that opens.
using Pair = std::pair<std::size_t, std::size_t>;
constexpr std::array inner_lips{Pair{82, 87}, Pair{13, 14}, Pair{312, 317}};
constexpr std::array left_lids{Pair{160, 144}, Pair{159, 145}, Pair{158, 153}};
constexpr std::array right_lids{Pair{387, 373}, Pair{386, 374}, Pair{385, 380}};
/// Outer and inner corners of the eyes, on the image's left and right.
constexpr Pair left_eye{33, 133};
constexpr Pair right_eye{263, 362};
constexpr Pair mouth_corners{61, 291};
constexpr std::array left_brow{105, 66};
constexpr std::array right_brow{334, 296};

double opening(const std::vector<Point3>& head, const std::array<Pair, 3>& pairs) {
    double sum = 0;
    for (const auto& [upper, lower] : pairs)
        sum += head[upper].y - head[lower].y;
    return sum / pairs.size();
}

double apart(const std::vector<Point3>& points, Pair pair) {
    return length(points[pair.first] - points[pair.second]);
}

Point3 middle(const std::vector<Point3>& points, Pair pair) {
    return (points[pair.first] + points[pair.second]) * .5;
}

double brow_height(const std::vector<Point3>& head, const std::array<int, 2>& brow, Point3 eye) {
    double sum = 0;
    for (const int point : brow)
        sum += head[static_cast<std::size_t>(point)].y - eye.y;
    return sum / brow.size();
}

}  // namespace

FaceSignals measure_face(const FaceMesh& mesh, const face::CanonicalMesh& canonical,
                         double& eye_distance_cm) {
    const face::HeadPose pose = face::fit_head_pose(mesh.landmarks, canonical);
    std::vector<Point3> head;
    for (const Point3& point : mesh.landmarks.points)
        head.push_back(pose.to_canonical(point));
    const Point3 left = middle(head, left_eye);
    const Point3 right = middle(head, right_eye);
    eye_distance_cm = length(left - right);

    FaceSignals signals;
    signals.lip_gap = opening(head, inner_lips);
    signals.mouth_width = apart(head, mouth_corners);
    signals.eye_opening = (opening(head, left_lids) / apart(head, left_eye) +
                           opening(head, right_lids) / apart(head, right_eye)) /
                          2;
    signals.brow_height =
        (brow_height(head, left_brow, left) + brow_height(head, right_brow, right)) / 2;
    signals.yaw_deg = pose.yaw_deg;
    signals.pitch_deg = pose.pitch_deg;
    signals.roll_deg = pose.roll_deg;
    signals.eye_distance_px = eye_distance_cm * pose.scale;
    const auto& points = mesh.landmarks.points;
    signals.centre = ((middle(points, left_eye) + middle(points, right_eye)) * .5).xy();
    signals.mouth = middle(points, inner_lips[1]).xy();
    return signals;
}

std::optional<FaceMesh> FaceTracker::next(const Image& frame) {
    if (previous_) {
        FaceMesh mesh = models_.landmarker.track(frame, previous_->landmarks);
        if (mesh.present()) return previous_ = std::move(mesh);
    }
    previous_.reset();
    const auto faces = models_.detector.detect(frame);
    if (faces.empty()) return std::nullopt;
    FaceMesh mesh = models_.landmarker.locate(frame, faces.front());
    if (mesh.present()) previous_ = std::move(mesh);
    return previous_;
}

void FaceTrack::add(const std::optional<FaceMesh>& mesh, const face::CanonicalMesh& canonical) {
    has_face_.push_back(mesh.has_value());
    double eye_distance_cm = 0;
    signals_.push_back(mesh ? measure_face(*mesh, canonical, eye_distance_cm) : FaceSignals{});
    if (!mesh) return;
    eye_distances_cm_.push_back(eye_distance_cm);
    ++found_;
}

void FaceTrack::finish() {
    if (found_ == 0) return;
    const double unit = median(eye_distances_cm_);
    std::size_t last = 0;
    while (!has_face_[last])
        ++last;
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        if (!has_face_[i]) continue;
        FaceSignals& s = signals_[i];
        s.lip_gap /= unit;
        s.mouth_width /= unit;
        s.brow_height /= unit;
    }
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        if (has_face_[i]) last = i;
        signals_[i] = signals_[last];
    }
}

Curve FaceTrack::curve(double FaceSignals::*signal) const {
    std::vector<double> values;
    for (const FaceSignals& s : signals_)
        values.push_back(s.*signal);
    return {std::move(values), fps_};
}

std::string to_table(const FaceTrack& track, double first_s) {
    std::ostringstream table;
    table << "time_s\tlip_gap_d\tmouth_width_d\teye_opening\tbrow_height_d\tyaw_deg\tpitch_deg\t"
             "roll_deg\teye_distance_px\n"
          << std::fixed << std::setprecision(5);
    if (track.frames_with_face() == 0) return table.str();
    for (std::size_t i = 0; i < track.size(); ++i) {
        const FaceSignals& s = track[i];
        table << first_s + (static_cast<double>(i) + .5) / track.fps();
        for (const double value : {s.lip_gap, s.mouth_width, s.eye_opening, s.brow_height,
                                   s.yaw_deg, s.pitch_deg, s.roll_deg, s.eye_distance_px})
            table << '\t' << value;
        table << '\n';
    }
    return table.str();
}

}  // namespace ditto::judge
