#pragma once

// Inside the room only: FFmpeg's C objects with owners.
#include <filesystem>
#include <memory>
#include <string>

#include "media/ffmpeg_functions.h"

namespace ditto::media {

struct FreeFfmpeg {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
    void operator()(SwrContext* resampler) const { swr_free(&resampler); }
};
using FramePtr = std::unique_ptr<AVFrame, FreeFfmpeg>;
using PacketPtr = std::unique_ptr<AVPacket, FreeFfmpeg>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreeFfmpeg>;
using ResamplerPtr = std::unique_ptr<SwrContext, FreeFfmpeg>;

/// FFmpeg's words for an error number.
std::string ffmpeg_text(int error);

/// Throws Error{memory} for null, as every FFmpeg allocation gives it.
template <class T>
T* allocated(T* object);
[[noreturn]] void out_of_memory();

template <class T>
T* allocated(T* object) {
    if (object == nullptr) out_of_memory();
    return object;
}

/// Turns FFmpeg's own lines on the terminal off, for the whole process and once.
void quiet_ffmpeg();

/// A local file opened for reading. Only plain media containers are accepted: no playlists, no
/// protocols, and nothing inside the file can make FFmpeg open another one.
class InputFile {
  public:
    enum class Failure { missing, unreadable, empty, format, corrupt };
    struct Problem {
        Failure failure;
        std::string detail;
    };

    /// Throws Problem.
    explicit InputFile(const std::filesystem::path& path);
    ~InputFile();
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    AVFormatContext* get() const { return format_; }
    AVFormatContext* operator->() const { return format_; }

    /// The next packet of a stream that is not discarded. False at the end, also where a cut file
    /// ends early. Throws Problem{unreadable} when the disk fails.
    bool read(AVPacket* packet);

  private:
    void open(const std::filesystem::path& path);
    void close();

    AVIOContext* io_ = nullptr;
    AVFormatContext* format_ = nullptr;
};

/// The decoder of a stream, ready to use, with `threads` threads. Null where there is none.
CodecPtr open_decoder(const AVStream* stream, int threads);

}  // namespace ditto::media
