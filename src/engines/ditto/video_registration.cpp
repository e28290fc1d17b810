#include <utility>

#include "base/error.h"
#include "engines/ditto/ditto_avatar.h"
#include "engines/ditto/ditto_engine.h"
#include "engines/ditto/face_search.h"

namespace ditto::reenact {
namespace {

/// That the pictures of a video and their appearance may take.
constexpr std::uint64_t memory_limit = 4ULL << 30U;

std::uint64_t bytes_of(const Image& picture, const SourceFrame& frame) {
    return picture.bytes() + frame.appearance.bytes();
}

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

std::shared_ptr<const Avatar> DittoEngine::register_video(const Pictures& next,
                                                          const Controls& controls,
                                                          Progress& progress,
                                                          std::stop_token stop) const {
    const std::size_t most = config_.template_frames > 0
                                 ? static_cast<std::size_t>(config_.template_frames)
                                 : static_cast<std::size_t>(-1);
    progress.stage(Stage::find_face, 0);
    const CropOptions crop = crop_options(config_, controls);
    FaceSearch search(*faces_, *networks_, crop);
    std::vector<Image> pictures;
    std::vector<SourceFrame> frames;
    Rect face_box;
    std::uint64_t bytes = 0;
    while (frames.size() < most && bytes < memory_limit) {
        auto picture = next();
        if (!picture) break;
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        *picture = fitted(*picture, config_.max_size, controls.reference_behaviour != 0);
        const SourceFace face = search(*picture, progress);
        if (frames.empty()) face_box = box_around(face.landmarks.points, picture->bounds());
        frames.push_back(register_frame(networks_->registrar, *picture, face, crop,
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
