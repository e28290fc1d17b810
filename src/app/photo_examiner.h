#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/messages.h"
#include "core/image.h"

namespace ditto {

/// What a user is told about a photo that can be animated. Pixels of the photo as it is shown,
/// before any scaling.
struct PhotoReport {
    int width = 0;
    int height = 0;
    int face_count = 0;
    /// The face that is taken.
    Rect face_box;
    /// Around its face, x and y of each point in order; empty where it is not known.
    std::vector<std::array<int, 2>> face_outline;
    std::vector<Notice> notices;
};

/// Tells whether a photo can be animated. Thread-safe. Tests have their own.
class PhotoExaminer {
  public:
    virtual ~PhotoExaminer() = default;
    /// As a video with this larger side would show it; 0: as large as videos get.
    /// Throws Error of kind photo where it cannot, of kind model where the models are missing.
    virtual PhotoReport examine(const std::filesystem::path& photo, int max_size) = 0;
};

/// Opens ONNX Runtime and the face models at the first examine().
std::unique_ptr<PhotoExaminer> built_in_photo_examiner();

}  // namespace ditto
