#include "app/photo_examiner.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "app/installed_files.h"
#include "face/face_models.h"
#include "face/mesh_points.h"
#include "face/photo_verdict.h"
#include "media/image_file.h"
#include "nn/runtime.h"

namespace ditto {
namespace {

Rect scaled(const Rect& box, double factor) {
    const auto px = [&](int value) { return static_cast<int>(std::lround(value * factor)); };
    return {px(box.x), px(box.y), px(box.width), px(box.height)};
}

class BuiltInPhotoExaminer final : public PhotoExaminer {
  public:
    PhotoReport examine(const std::filesystem::path& photo, int max_size) override {
        media::PhotoLimits limits;
        if (max_size > 0) limits.largest_side = std::min(limits.largest_side, max_size);
        const media::LoadedImage loaded = media::load_photo(photo, limits);
        const face::PhotoVerdict verdict = face::examine_photo(loaded.image, *models());
        PhotoReport report;
        report.width = loaded.original_width;
        report.height = loaded.original_height;
        report.face_count = verdict.face_count;
        const double factor =
            static_cast<double>(loaded.original_width) / static_cast<double>(loaded.image.width());
        report.face_box = scaled(verdict.face_box, factor);
        for (const std::size_t point : face::face_oval_points) {
            const Point3 at = verdict.mesh.landmarks[point];
            report.face_outline.push_back({static_cast<int>(std::lround(at.x * factor)),
                                           static_cast<int>(std::lround(at.y * factor))});
        }
        report.notices = verdict.notices;
        return report;
    }

  private:
    std::shared_ptr<const face::FaceModels> models() {
        const std::lock_guard lock(mutex_);
        if (!models_) models_ = face::FaceModels::load(nn::Runtime::open(), find_models_folder());
        return models_;
    }

    std::mutex mutex_;
    std::shared_ptr<const face::FaceModels> models_;
};

}  // namespace

std::unique_ptr<PhotoExaminer> built_in_photo_examiner() {
    return std::make_unique<BuiltInPhotoExaminer>();
}

}  // namespace ditto
