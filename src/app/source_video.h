#pragma once

#include <filesystem>
#include <optional>

#include "core/image.h"
#include "media/video_reader.h"

namespace ditto {

/// Whether a file begins as a video does (MP4 or QuickTime, Matroska or WebM, AVI); nothing is
/// decoded. False where it cannot be read.
bool is_video(const std::filesystem::path& path);

/// The pictures of a video that is animated instead of a photo.
class SourceVideo {
  public:
    /// Pictures are scaled down to at most `max_size` on the larger side (0: 1920), to even sizes.
    /// Throws Error{video_unreadable}, and Error{photo_pixels} as for a photo.
    SourceVideo(const std::filesystem::path& path, int max_size);

    /// 25 a second: of the file's, the one that is seen in the middle of each. Nothing after the
    /// last. Throws Error{video_unreadable} on damage.
    std::optional<Image> next();

  private:
    media::VideoFile file_;
    int width_;
    int height_;
    double first_s_ = 0;
    std::int64_t given_ = 0;
    std::optional<media::VideoFrame> now_;
    std::optional<media::VideoFrame> later_;
};

}  // namespace ditto
