#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "media/ffmpeg.h"

// Inside the room only: what AudioFile, probe_audio() and the video's sound track are made of.
namespace ditto::media {

struct AudioFormat {
    int sample_rate_hz = 0;
    int channels = 0;
};

/// Decodes the first sound track of a file piece by piece into interleaved samples in [-1, 1] of
/// the wanted rate and channels. Encoder delay is cut away, so that sample 0 is the first one that
/// was recorded. Damaged packets are left out, a cut file ends where it is cut.
class AudioDecoder {
  public:
    /// Throws Error: audio_missing, audio_unreadable, audio_empty, audio_format, audio_corrupt.
    explicit AudioDecoder(const std::filesystem::path& path);

    /// As recorded.
    AudioFormat source() const { return source_; }

    /// To be called once, before read(). `wanted.channels` is 1 or 2.
    void convert_to(AudioFormat wanted);

    /// Fills the front of `samples` (a whole number of sample frames); returns the number of
    /// values, fewer than asked only at the end.
    std::size_t read(std::span<float> samples);

    /// What the file says of its length; 0 where it says nothing. Not to be trusted.
    double declared_duration_s() const;

    /// So far; damaged ones are counted among all.
    std::int64_t packets() const { return packets_; }
    std::int64_t damaged_packets() const { return damaged_packets_; }

  private:
    void decode_more();
    bool feed();
    void convert(const AVFrame& frame);
    void flush_resampler();
    void start_resampler(const AVFrame& frame);
    void append(int frames, const std::uint8_t** input, int input_frames);

    std::filesystem::path path_;
    InputFile file_;
    const AVStream* stream_ = nullptr;
    CodecPtr codec_;
    AudioFormat source_;
    AudioFormat wanted_;
    ResamplerPtr resampler_;
    AudioFormat resampling_;  // what the resampler takes
    AVSampleFormat resampling_format_ = AV_SAMPLE_FMT_NONE;
    PacketPtr packet_;
    FramePtr frame_;
    std::vector<float> ready_;
    std::size_t taken_ = 0;
    bool finished_ = false;
    std::int64_t packets_ = 0;
    std::int64_t damaged_packets_ = 0;
};

}  // namespace ditto::media
