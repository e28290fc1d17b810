#pragma once

#include <filesystem>
#include <string>

#include "media/ffmpeg.h"

// Inside the room only.
namespace ditto::media {

/// A file that grows beside its target under a hidden name and takes the target's name when it is
/// complete; otherwise it goes away with its owner.
class PartFile {
  public:
    /// Creates the file, empty. Throws Error: output_folder, output_full, output_write.
    explicit PartFile(const std::filesystem::path& target);
    ~PartFile();
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    const std::filesystem::path& target() const { return target_; }
    const std::filesystem::path& path() const { return path_; }

    /// Brings the content onto the disk and gives the file its name.
    void commit();

  private:
    std::filesystem::path target_;
    std::filesystem::path path_;
    bool committed_ = false;
};

/// MP4 with the index in front and nothing in it that depends on place or time.
class Mp4File {
  public:
    explicit Mp4File(const std::filesystem::path& target);
    ~Mp4File();
    Mp4File(const Mp4File&) = delete;
    Mp4File& operator=(const Mp4File&) = delete;

    /// All streams are added before start(). Returns the stream's number.
    int add_stream(const AVCodecContext& encoder);
    void start();

    /// A stream whose packets are copied from another file, with the same time base.
    int add_copy(const AVStream& source);
    /// Before start(). They are in order and do not overlap.
    void add_chapter(const std::string& title, double start_s, double end_s);

    /// Hands `frame` (null at the end) to the encoder and writes what comes out of it.
    void encode(AVCodecContext& encoder, const AVFrame* frame, int stream);
    /// Of a stream, after start().
    AVRational time_base(int stream) const { return format_->streams[stream]->time_base; }
    /// Takes what `packet` holds; its times are the stream's.
    void write(AVPacket& packet);

    /// Brings everything into the file; only its name is missing.
    void complete();
    /// Gives the file its name, after complete().
    void commit();

  private:
    /// Throws the Error for FFmpeg's error number; does nothing for success.
    void check(int result) const;

    PartFile part_;
    AVFormatContext* format_ = nullptr;
    PacketPtr packet_;
};

/// For what opening and feeding an encoder gave. These encoders are there and get only settings
/// that they take, so that what is left to go wrong is memory (x264 does not say so itself).
/// Throws Error{memory}.
void check_encoder(int result);

/// Opens the encoder with the options, which it takes over.
void open_encoder(AVCodecContext& codec, AVDictionary* options);

/// Throws Error{output_encoder}.
CodecPtr new_encoder(const char* name, const std::string& what);

}  // namespace ditto::media
