#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/audio_decoder.h"
#include "media/mp4_file.h"

// Inside the room only.
namespace ditto::media {

/// The AAC track of a video, encoded piece by piece from whatever has a
/// `std::size_t read(std::span<float>)` as AudioDecoder.
class SoundTrack {
  public:
    /// At most 48 kHz and two channels, else as the source.
    explicit SoundTrack(AudioFormat source);

    AVCodecContext& encoder() const { return *codec_; }
    /// What has to be read.
    AudioFormat format() const { return {codec_->sample_rate, codec_->ch_layout.nb_channels}; }

    /// Encodes full pieces up to `time_s`; the `last` time also what is left of a piece.
    template <class Source>
    void write_until(double time_s, bool last, Source& source, Mp4File& file, int stream) {
        while (const std::size_t wanted = next_piece(time_s, last)) {
            samples_.resize(wanted);
            const std::size_t count = source.read(samples_);
            ended_ = count < wanted;
            encode(std::span(samples_).first(count), file, stream);
        }
    }

  private:
    /// How many values make the next piece; 0: none yet.
    std::size_t next_piece(double time_s, bool last) const;
    void encode(std::span<const float> samples, Mp4File& file, int stream);

    CodecPtr codec_;
    FramePtr frame_;
    std::vector<float> samples_;
    std::int64_t written_ = 0;
    bool ended_ = false;
};

}  // namespace ditto::media
