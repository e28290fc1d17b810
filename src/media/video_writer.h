#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/image.h"
#include "engine/engine.h"

namespace ditto::media {

struct VideoOptions {
    /// Constant.
    double fps = 25;
    /// The recording (or video) whose sound goes along; none makes a silent video.
    std::optional<std::filesystem::path> voice;
};

/// Writes frames and the original sound into an MP4: H.264 4:2:0 at CRF 18 in BT.709, AAC of at
/// most 48 kHz stereo, index in front. An odd photo loses its last row or column, as 4:2:0 needs
/// even sizes. The sound stops with the video: for a voice of D seconds and ceil(D * fps) frames
/// both end within one frame of each other.
///
/// The file grows as a hidden `.<name>.part-...` beside the target and takes its name in finish();
/// where finish() is not reached (error, cancellation), the destructor removes it. Same frames and
/// sound, same bytes, however many processors there are. The sound is read along with the frames,
/// so memory does not grow with the length.
///
/// All functions throw Error: output_folder (missing or read-only), output_full, output_write,
/// output_encoder (FFmpeg lacks x264), and the audio errors of AudioFile.
class VideoWriter final : public FrameSink {
  public:
    /// `photo` shows wherever a frame's patch does not. An existing file `output` is replaced.
    VideoWriter(const Image& photo, const std::filesystem::path& output,
                const VideoOptions& options);
    ~VideoWriter() override;

    /// `frame.index` counts from 0 without gaps; the patch lies inside the photo.
    void write(Frame frame) override;

    /// Completes the file. No more frames after it.
    void finish();

    std::int64_t frames_written() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ditto::media
