#include "media/sound_track.h"

#include <algorithm>
#include <cmath>

namespace ditto::media {
namespace {

constexpr int max_audio_rate_hz = 48000;
constexpr int audio_bits_per_sample = 4;
constexpr int max_audio_bits_per_s = 96000;  // a channel

/// The lowest rate of the encoder that loses nothing of the source.
int rate_for(int source_hz, const AVCodec& codec) {
    int best = max_audio_rate_hz;
    for (const int* rate = codec.supported_samplerates; *rate != 0; ++rate) {
        if (*rate >= source_hz && *rate < best) best = *rate;
    }
    return best;
}

}  // namespace

SoundTrack::SoundTrack(AudioFormat source)
    : codec_(new_encoder("aac", "AAC")), frame_(allocated(av_frame_alloc())) {
    const int channels = std::min(source.channels, 2);
    codec_->sample_rate = rate_for(source.sample_rate_hz, *codec_->codec);
    codec_->sample_fmt = AV_SAMPLE_FMT_FLTP;
    codec_->time_base = {1, codec_->sample_rate};
    codec_->bit_rate = static_cast<std::int64_t>(channels) *
                       std::min(max_audio_bits_per_s, codec_->sample_rate * audio_bits_per_sample);
    codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    av_channel_layout_default(&codec_->ch_layout, channels);
    open_encoder(*codec_, nullptr);
    frame_->format = codec_->sample_fmt;
    frame_->sample_rate = codec_->sample_rate;
    av_channel_layout_default(&frame_->ch_layout, channels);
}

std::size_t SoundTrack::next_piece(double time_s, bool last) const {
    const std::int64_t room = std::llround(time_s * codec_->sample_rate) - written_;
    if (ended_ || room <= 0 || (room < codec_->frame_size && !last)) return 0;
    return static_cast<std::size_t>(std::min<std::int64_t>(room, codec_->frame_size)) *
           static_cast<std::size_t>(format().channels);
}

void SoundTrack::encode(std::span<const float> samples, Mp4File& file, int stream) {
    const auto channels = static_cast<std::size_t>(format().channels);
    const std::size_t count = samples.size() / channels;
    if (count == 0) return;
    for (AVBufferRef*& buffer : frame_->buf)
        av_buffer_unref(&buffer);
    frame_->nb_samples = static_cast<int>(count);
    if (av_frame_get_buffer(frame_.get(), 0) < 0) out_of_memory();
    for (std::size_t c = 0; c < channels; ++c) {
        auto* plane = reinterpret_cast<float*>(frame_->extended_data[c]);
        for (std::size_t i = 0; i < count; ++i)
            plane[i] = samples[i * channels + c];
    }
    frame_->pts = written_;
    written_ += static_cast<std::int64_t>(count);
    file.encode(*codec_, frame_.get(), stream);
}

}  // namespace ditto::media
