#include <string>
#include <utility>

#include "base/error.h"
#include "engines/ditto/ditto_avatar.h"
#include "engines/ditto/ditto_engine.h"
#include "face/photo_verdict.h"

namespace ditto::reenact {
namespace {

/// That the pictures of a video and their appearance may take.
constexpr std::uint64_t memory_limit = 4ULL << 30U;

std::uint64_t bytes_of(const Image& picture, const SourceFrame& frame) {
    return picture.bytes() + frame.appearance.bytes();
}

/// Of a video of 25 pictures a second: 37, 1.48.
std::string seconds_of(std::size_t picture) {
    const std::size_t hundredths = picture * 4;
    const std::string rest = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

/// Follows the face from picture to picture, and looks for it anew where it is lost.
class FaceTracker {
  public:
    explicit FaceTracker(const face::FaceModels& models) : models_(models) {}

    const std::vector<Point3>& operator()(const Image& picture, std::size_t index,
                                          Progress& progress) {
        if (index == 0) {
            const face::PhotoVerdict verdict = face::examine_photo(picture, models_);
            for (const Notice& notice : verdict.notices)
                progress.notice(notice);
            landmarks_ = verdict.mesh.landmarks;
            return landmarks_.points;
        }
        face::FaceMesh mesh = models_.landmarker.track(picture, landmarks_);
        if (!mesh.present()) {
            const auto faces = models_.detector.detect(picture);
            if (!faces.empty()) mesh = models_.landmarker.locate(picture, faces.front());
        }
        if (!mesh.present()) {
            throw Error(ErrorCode::face_lost,
                        {{"second", seconds_of(index)}, {"picture", std::to_string(index + 1)}});
        }
        landmarks_ = std::move(mesh.landmarks);
        return landmarks_.points;
    }

  private:
    const face::FaceModels& models_;
    PhotoLandmarks landmarks_;
};

/// Averages the motion over neighbouring pictures, so that the head does not tremble.
void smooth_motion(std::vector<SourceFrame>& frames, int window) {
    std::vector<MotionInfo> motions;
    for (const SourceFrame& frame : frames)
        motions.push_back(frame.motion);
    smooth(motions, window);
    for (std::size_t i = 0; i < frames.size(); ++i)
        frames[i].motion = motions[i];
}

}  // namespace

std::shared_ptr<const Avatar> DittoEngine::register_video(
    const std::function<std::optional<Image>()>& next, const Controls& controls, Progress& progress,
    std::stop_token stop) const {
    if (!faces_) throw Error(ErrorCode::internal, {}, "no models that find faces");
    const std::size_t most = config_.template_frames > 0
                                 ? static_cast<std::size_t>(config_.template_frames)
                                 : static_cast<std::size_t>(-1);
    progress.stage(Stage::find_face, 0);
    FaceTracker track(*faces_);
    std::vector<Image> pictures;
    std::vector<SourceFrame> frames;
    Rect face_box;
    std::uint64_t bytes = 0;
    while (frames.size() < most && bytes < memory_limit) {
        auto picture = next();
        if (!picture) break;
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        *picture = fitted(*picture, config_.max_size, controls.reference_behaviour != 0);
        const auto& points = track(*picture, frames.size(), progress);
        if (frames.empty()) face_box = box_around(points, picture->bounds());
        frames.push_back(networks_->registrar(*picture, points, crop_options(config_, controls),
                                              frames.empty() ? dump_ : Dump()));
        pictures.push_back(std::move(*picture));
        bytes += bytes_of(pictures.back(), frames.back());
    }
    if (frames.empty()) throw Error(ErrorCode::face_none);
    const Keypoints canonical = frames.front().motion.canonical;
    smooth_motion(frames, config_.source_smoothing);
    const Rect whole = pictures.front().bounds();
    const Rect moving =
        frames.size() == 1 ? put_back_.region(frames.front().crop_to_photo, whole) : whole;
    return std::make_shared<DittoAvatar>(std::move(pictures), std::move(frames), canonical, moving,
                                         face_box);
}

}  // namespace ditto::reenact
