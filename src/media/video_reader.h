#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/image.h"

namespace ditto::media {

/// One track as the file's index tells it.
struct TrackInfo {
    double start_s = 0;
    double duration_s = 0;

    double end_s() const { return start_s + duration_s; }
};

struct VideoInfo {
    int width = 0;
    int height = 0;
    double fps = 0;
    /// As declared; 0 where the file does not say.
    std::int64_t frame_count = 0;
    TrackInfo picture;
    /// Nothing for a silent video.
    std::optional<TrackInfo> sound;
};

struct VideoFrame {
    Image image;
    double time_s = 0;
};

/// Reads a video frame by frame, in the order in which it is seen: what the quality tools and the
/// tests look at finished videos with. Colours follow the file's tags (BT.709 where it has none).
class VideoFile {
  public:
    /// Throws Error{video_unreadable}.
    explicit VideoFile(const std::filesystem::path& path);
    ~VideoFile();

    const VideoInfo& info() const;

    /// The next frame, nothing after the last. Throws Error{video_unreadable} on damage.
    std::optional<VideoFrame> read();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ditto::media
