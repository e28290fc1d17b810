#include "engines/ditto/face_search.h"

#include <string>
#include <utility>

#include "base/error.h"
#include "engines/ditto/resample.h"
#include "face/photo_verdict.h"

namespace ditto::reenact {
namespace {

/// Of a video of 25 pictures a second: 37, 1.48.
std::string seconds_of(std::size_t picture) {
    const std::size_t hundredths = picture * 4;
    const std::string rest = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

[[noreturn]] void lose(std::size_t picture) {
    if (picture == 0) throw Error(ErrorCode::face_none);
    throw Error(ErrorCode::face_lost,
                {{"second", seconds_of(picture)}, {"picture", std::to_string(picture + 1)}});
}

void give_notices(const face::PhotoVerdict& verdict, Progress& progress) {
    for (const Notice& notice : verdict.notices)
        progress.notice(notice);
}

/// What MediaPipe finds in a crop, in pixels of the photo, whose centres lie at .5 like the crop's.
class CropToPhoto {
  public:
    explicit CropToPhoto(const FaceCrop& crop)
        : map_(crop.crop_to_photo), scale_(length(Point2{map_.a, map_.d})) {}

    Point2 operator()(Point2 at) const { return map_(at - half) + half; }
    PhotoLandmarks operator()(const PhotoLandmarks& in_crop) const {
        PhotoLandmarks result;
        for (const Point3& point : in_crop.points) {
            const Point2 at = (*this)(point.xy());
            result.points.push_back({at.x, at.y, point.z * scale_});
        }
        return result;
    }
    face::DetectedFace operator()(face::DetectedFace face) const {
        face.centre = (*this)(face.centre);
        face.width *= scale_;
        face.height *= scale_;
        for (Point2& point : face.keypoints)
            point = (*this)(point);
        return face;
    }

  private:
    static constexpr Point2 half{.5, .5};
    Affine map_;
    double scale_;
};

}  // namespace

SourceFace FaceSearch::operator()(const Image& picture, Progress& progress) {
    SourceFace face = networks_.face_finder ? by_insight_face(picture, progress)
                                            : by_media_pipe(picture, progress);
    ++pictures_;
    return face;
}

SourceFace FaceSearch::by_media_pipe(const Image& picture, Progress& progress) {
    if (pictures_ == 0) {
        face::PhotoVerdict verdict = face::examine_photo(picture, models_);
        give_notices(verdict, progress);
        previous_ = std::move(verdict.mesh.landmarks);
        return {previous_};
    }
    face::FaceMesh mesh = models_.landmarker.track(picture, previous_);
    if (!mesh.present()) {
        const auto faces = models_.detector.detect(picture);
        if (!faces.empty()) mesh = models_.landmarker.locate(picture, faces.front());
    }
    if (!mesh.present()) lose(pictures_);
    previous_ = std::move(mesh.landmarks);
    return {previous_};
}

SourceFace FaceSearch::by_insight_face(const Image& picture, Progress& progress) {
    std::size_t face_count = 1;
    std::vector<Point2> around = previous_203_;
    if (pictures_ == 0) {
        const auto boxes = networks_.face_finder->detect(picture);
        if (boxes.empty()) lose(pictures_);
        face_count = boxes.size();
        around = networks_.face_finder->landmarks(picture, boxes.front());
    }
    const FaceAxis axis = pictures_ == 0 ? axis_of_106(around) : axis_of_203(around);
    RefinedCrop crop = networks_.registrar.refined_crop(picture, around, axis, crop_);
    previous_203_ = crop.points;

    const Rect area{0, 0, crop_.size, crop_.size};
    const Image face = warp_affine(picture, crop.crop.photo_to_crop, area);
    const auto detected = models_.detector.detect(face);
    if (detected.empty()) lose(pictures_);
    face::FaceMesh mesh = models_.landmarker.locate(face, detected.front());
    if (!mesh.present()) lose(pictures_);
    const CropToPhoto to_photo(crop.crop);
    mesh.landmarks = to_photo(mesh.landmarks);
    if (pictures_ == 0) {
        give_notices(face::examine_face(picture, to_photo(detected.front()), mesh,
                                        static_cast<int>(face_count), models_),
                     progress);
    }
    return {std::move(mesh.landmarks), std::move(crop)};
}

SourceFrame register_frame(const AvatarRegistrar& registrar, const Image& picture,
                           const SourceFace& face, const CropOptions& crop, const Dump& dump) {
    if (face.crop) return registrar(picture, face.landmarks.points, *face.crop, crop, dump);
    return registrar(picture, face.landmarks.points, crop, dump);
}

}  // namespace ditto::reenact
