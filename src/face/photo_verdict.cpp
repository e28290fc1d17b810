#include "face/photo_verdict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>

#include "base/error.h"

namespace ditto::face {
namespace {

constexpr int min_photo_px = 256;
constexpr int good_photo_px = 512;
constexpr double min_face_share = 0.12;
constexpr double max_yaw_deg = 45;
/// Landmarks beyond the edge are guessed by the network.
constexpr double max_share_outside = 0.03;
constexpr double min_highlight = 45;
constexpr double max_blur = 0.75;
constexpr double open_mouth = 0.08;
/// How many candidates are looked at more closely.
constexpr std::size_t max_candidates = 8;
/// Distances of the eyes; see unsteadiness().
constexpr double max_unsteadiness = 0.037;
/// So small a face is not steady.
constexpr double small_face_px = 48;
constexpr double max_unsteadiness_small = 0.06;

struct FoundFace {
    DetectedFace face;
    FaceMesh mesh;
    HeadPose pose;
    PhotoQuality quality;
};

std::string rounded(double value) {
    return std::to_string(std::lround(value));
}

/// Why a face cannot be animated.
std::optional<Error> obstacle(const FoundFace& found, const Image& photo) {
    const double share = found.face.width / photo.width();
    if (share < min_face_share) {
        return Error(ErrorCode::face_too_small, {{"percent", rounded(share * 100)}});
    }
    if (found.quality.share_outside > max_share_outside) return Error(ErrorCode::face_cut_off);
    const double yaw_deg = std::abs(found.pose.yaw_deg);
    if (yaw_deg > max_yaw_deg) {
        return Error(ErrorCode::face_turned, {{"degrees", rounded(yaw_deg)}});
    }
    if (found.quality.highlight < min_highlight) return Error(ErrorCode::face_dark);
    if (found.quality.blur > max_blur) return Error(ErrorCode::face_blurred);
    return std::nullopt;
}

/// Animals, and patterns that look like a face by chance, do not hold still. Neither do faces that
/// are turned away, dark or blurred, and then that is the better reason to give.
bool human(const Image& photo, const FoundFace& found, const FaceModels& models) {
    if (!found.mesh.present()) return false;
    const auto problem = obstacle(found, photo);
    const bool excused = problem && (problem->code() == ErrorCode::face_turned ||
                                     problem->code() == ErrorCode::face_dark ||
                                     problem->code() == ErrorCode::face_blurred);
    if (excused) return true;
    const double turned = std::max(0., std::abs(found.pose.yaw_deg) - 20);
    const double limit = found.face.width < small_face_px ? max_unsteadiness_small
                                                          : max_unsteadiness + turned * 0.001;
    return unsteadiness(models.landmarker, photo, found.mesh) < limit;
}

FoundFace measured(const Image& photo, const DetectedFace& face, const FaceMesh& mesh,
                   const FaceModels& models) {
    return {face, mesh, fit_head_pose(mesh.landmarks, models.canonical),
            measure_quality(photo, mesh.landmarks)};
}

/// The candidates that are faces indeed, largest first.
std::vector<FoundFace> confirmed(const Image& photo, const std::vector<DetectedFace>& candidates,
                                 const FaceModels& models) {
    std::vector<FoundFace> result;
    for (std::size_t i = 0; i < std::min(candidates.size(), max_candidates); ++i) {
        FoundFace found =
            measured(photo, candidates[i], models.landmarker.locate(photo, candidates[i]), models);
        if (human(photo, found, models)) result.push_back(std::move(found));
    }
    return result;
}

/// Upright first; a face that leans so far that the detector misses it is found in the turned
/// photo.
std::vector<FoundFace> find_faces(const Image& photo, const FaceModels& models) {
    std::vector<FoundFace> found = confirmed(photo, models.detector.detect(photo), models);
    const Point2 centre{photo.width() / 2., photo.height() / 2.};
    const double side = std::max(photo.width(), photo.height());
    for (const double angle_deg : {-35., 35., -70., 70.}) {
        if (!found.empty()) break;
        const Region turned{centre, side * 1.1, angle_deg * std::numbers::pi / 180};
        found = confirmed(photo, models.detector.detect_in(photo, turned), models);
    }
    return found;
}

/// True where a face appears once the photo is made brighter.
bool too_dark_to_see(const Image& photo, const FaceModels& models) {
    std::array<std::size_t, 256> histogram{};
    for (int y = 0; y < photo.height(); ++y) {
        for (int x = 0; x < photo.width(); ++x)
            ++histogram[photo.pixel(x, y)[1]];
    }
    const std::size_t pixels =
        static_cast<std::size_t>(photo.width()) * static_cast<std::size_t>(photo.height());
    std::size_t brightest = 255;
    for (std::size_t above = histogram[255]; above < pixels / 100 && brightest > 0;)
        above += histogram[--brightest];
    if (brightest == 0 || brightest > 80) return false;

    Image brighter(photo.width(), photo.height());
    const double gain = 220. / static_cast<double>(brightest);
    for (int y = 0; y < photo.height(); ++y) {
        for (int i = 0; i < photo.width() * 3; ++i) {
            brighter.row(y)[i] =
                static_cast<std::uint8_t>(std::min(255., std::round(gain * photo.row(y)[i])));
        }
    }
    return !find_faces(brighter, models).empty();
}

Rect box_of(const DetectedFace& face, const Image& photo) {
    const Rect box{static_cast<int>(std::lround(face.centre.x - face.width / 2)),
                   static_cast<int>(std::lround(face.centre.y - face.height / 2)),
                   static_cast<int>(std::lround(face.width)),
                   static_cast<int>(std::lround(face.height))};
    return intersection(box, photo.bounds());
}

/// The largest that can be animated. Throws the largest one's obstacle where none can.
const FoundFace& chosen(const std::vector<FoundFace>& found, const Image& photo) {
    for (const FoundFace& face : found) {
        if (!obstacle(face, photo)) return face;
    }
    throw *obstacle(found.front(), photo);
}

int shorter_side(const Image& photo) {
    return std::min(photo.width(), photo.height());
}

MessageValues size_of(const Image& photo) {
    return {{"width", std::to_string(photo.width())}, {"height", std::to_string(photo.height())}};
}

void require_size(const Image& photo) {
    if (shorter_side(photo) < min_photo_px) {
        throw Error(ErrorCode::photo_too_small, size_of(photo));
    }
}

PhotoVerdict verdict_on(const Image& photo, const FoundFace& face, int face_count) {
    PhotoVerdict verdict{.face_count = face_count,
                         .face_box = box_of(face.face, photo),
                         .face = face.face,
                         .mesh = face.mesh,
                         .pose = face.pose,
                         .quality = face.quality,
                         .notices = {}};
    if (verdict.face_count > 1) {
        verdict.notices.push_back(
            {NoticeCode::faces_several, {{"count", std::to_string(verdict.face_count)}}});
    }
    if (verdict.quality.mouth_opening > open_mouth) {
        verdict.notices.push_back({NoticeCode::mouth_open});
    }
    if (shorter_side(photo) < good_photo_px) {
        verdict.notices.push_back({NoticeCode::photo_small, size_of(photo)});
    }
    return verdict;
}

}  // namespace

PhotoVerdict examine_photo(const Image& photo, const FaceModels& models) {
    require_size(photo);
    const std::vector<FoundFace> found = find_faces(photo, models);
    if (found.empty()) {
        throw Error(too_dark_to_see(photo, models) ? ErrorCode::face_dark : ErrorCode::face_none);
    }
    return verdict_on(photo, chosen(found, photo), static_cast<int>(found.size()));
}

PhotoVerdict examine_face(const Image& photo, const DetectedFace& face, const FaceMesh& mesh,
                          int face_count, const FaceModels& models) {
    require_size(photo);
    const std::vector<FoundFace> found{measured(photo, face, mesh, models)};
    return verdict_on(photo, chosen(found, photo), face_count);
}

}  // namespace ditto::face
