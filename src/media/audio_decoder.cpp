#include "media/audio_decoder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.h"

namespace ditto::media {
namespace {

constexpr int min_sample_rate_hz = 1000;
constexpr int max_sample_rate_hz = 768000;
constexpr int max_channels = 64;

[[noreturn]] void refuse(const InputFile::Problem& problem, const std::filesystem::path& path) {
    const MessageValues values{{"path", path.string()}};
    switch (problem.failure) {
        case InputFile::Failure::missing:
            throw Error(ErrorCode::audio_missing, values);
        case InputFile::Failure::unreadable:
            throw Error(ErrorCode::audio_unreadable, values, problem.detail);
        case InputFile::Failure::empty:
            throw Error(ErrorCode::audio_empty, {{"seconds", "0.1"}});
        case InputFile::Failure::format:
            throw Error(ErrorCode::audio_format, {}, problem.detail);
        case InputFile::Failure::corrupt:
            break;
    }
    throw Error(ErrorCode::audio_corrupt, {}, problem.detail);
}

bool usable(int sample_rate_hz, int channels) {
    return sample_rate_hz >= min_sample_rate_hz && sample_rate_hz <= max_sample_rate_hz &&
           channels >= 1 && channels <= max_channels;
}

/// Loudness of a mix: two channels keep what both share at its level; in surround sound, where the
/// voice has the centre to itself, a louder mix is worth a rare clip.
double largest_mix(int channels) {
    return channels <= 2 ? 1 : 2;
}

/// Layouts without a known place for each channel are mixed in equal parts.
void mix_equally(SwrContext* resampler, int from, int to) {
    const std::vector<double> matrix(static_cast<std::size_t>(from) * static_cast<std::size_t>(to),
                                     1.0 / from);
    swr_set_matrix(resampler, matrix.data(), from);
}

}  // namespace

AudioDecoder::AudioDecoder(const std::filesystem::path& path) try
    : path_(path),
      file_(path),
      packet_(allocated(av_packet_alloc())),
      frame_(allocated(av_frame_alloc())) {
    const int index = av_find_best_stream(file_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (index < 0) throw Error(ErrorCode::audio_format, {}, "no sound track");
    for (unsigned i = 0; i < file_->nb_streams; ++i)
        file_->streams[i]->discard = AVDISCARD_ALL;
    file_->streams[index]->discard = AVDISCARD_DEFAULT;
    stream_ = file_->streams[index];
    const AVCodecParameters& parameters = *stream_->codecpar;
    source_ = {parameters.sample_rate, parameters.ch_layout.nb_channels};
    if (!usable(source_.sample_rate_hz, source_.channels)) {
        throw Error(ErrorCode::audio_corrupt, {},
                    std::to_string(source_.sample_rate_hz) + " Hz, " +
                        std::to_string(source_.channels) + " channels");
    }
    codec_ = open_decoder(stream_, 1);
    if (!codec_) throw Error(ErrorCode::audio_format, {}, avcodec_get_name(parameters.codec_id));
} catch (const InputFile::Problem& problem) {
    refuse(problem, path);
}

void AudioDecoder::convert_to(AudioFormat wanted) {
    wanted_ = wanted;
}

double AudioDecoder::declared_duration_s() const {
    if (file_->duration == AV_NOPTS_VALUE) return 0;
    return static_cast<double>(file_->duration) / AV_TIME_BASE;
}

std::size_t AudioDecoder::read(std::span<float> samples) {
    std::size_t done = 0;
    while (done < samples.size()) {
        if (taken_ == ready_.size()) {
            ready_.clear();
            taken_ = 0;
            if (finished_) break;
            decode_more();
            continue;
        }
        const std::size_t count = std::min(samples.size() - done, ready_.size() - taken_);
        std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), count,
                    samples.begin() + static_cast<std::ptrdiff_t>(done));
        taken_ += count;
        done += count;
    }
    return done;
}

void AudioDecoder::decode_more() {
    const int result = avcodec_receive_frame(codec_.get(), frame_.get());
    if (result >= 0) {
        convert(*frame_);
        av_frame_unref(frame_.get());
    } else if (result == AVERROR_EOF) {
        flush_resampler();
        finished_ = true;
    } else {
        if (result == AVERROR(ENOMEM)) out_of_memory();
        if (result != AVERROR(EAGAIN)) ++damaged_packets_;
        if (!feed()) avcodec_send_packet(codec_.get(), nullptr);
    }
}

/// Hands the decoder one packet; false at the end of the file.
bool AudioDecoder::feed() {
    try {
        while (file_.read(packet_.get())) {
            const bool ours = packet_->stream_index == stream_->index;
            const int result = ours ? avcodec_send_packet(codec_.get(), packet_.get()) : 0;
            av_packet_unref(packet_.get());
            if (!ours) continue;
            if (result == AVERROR(ENOMEM)) out_of_memory();
            ++packets_;
            if (result < 0) ++damaged_packets_;
            return true;
        }
    } catch (const InputFile::Problem& problem) {
        refuse(problem, path_);
    }
    return false;
}

void AudioDecoder::convert(const AVFrame& frame) {
    if (!usable(frame.sample_rate, frame.ch_layout.nb_channels)) {
        ++damaged_packets_;
        return;
    }
    const bool same = resampler_ && resampling_.sample_rate_hz == frame.sample_rate &&
                      resampling_.channels == frame.ch_layout.nb_channels &&
                      resampling_format_ == frame.format;
    if (!same) {
        flush_resampler();
        start_resampler(frame);
    }
    append(swr_get_out_samples(resampler_.get(), frame.nb_samples),
           const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
}

void AudioDecoder::start_resampler(const AVFrame& frame) {
    const int channels = frame.ch_layout.nb_channels;
    AVChannelLayout from{};
    AVChannelLayout to{};
    av_channel_layout_default(&to, wanted_.channels);
    if (frame.ch_layout.order == AV_CHANNEL_ORDER_NATIVE) {
        av_channel_layout_copy(&from, &frame.ch_layout);
    } else {
        av_channel_layout_default(&from, channels);
    }
    const auto make = [&](bool equal_mix) {
        SwrContext* made = nullptr;
        swr_alloc_set_opts2(&made, &to, AV_SAMPLE_FMT_FLT, wanted_.sample_rate_hz, &from,
                            static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0,
                            nullptr);
        resampler_.reset(allocated(made));
        av_opt_set_double(made, "rematrix_maxval", largest_mix(channels), 0);
        if (equal_mix) mix_equally(made, channels, wanted_.channels);
        return swr_init(made);
    };
    int result = make(false);
    if (result < 0) result = make(true);
    av_channel_layout_uninit(&from);
    if (result < 0) throw Error(ErrorCode::audio_format, {}, ffmpeg_text(result));
    resampling_ = {frame.sample_rate, channels};
    resampling_format_ = static_cast<AVSampleFormat>(frame.format);
}

/// Takes out what the resampler's filter still holds.
void AudioDecoder::flush_resampler() {
    if (!resampler_) return;
    append(swr_get_out_samples(resampler_.get(), 0), nullptr, 0);
    resampler_.reset();
}

void AudioDecoder::append(int frames, const std::uint8_t** input, int input_frames) {
    if (frames <= 0) return;
    const auto channels = static_cast<std::size_t>(wanted_.channels);
    const std::size_t start = ready_.size();
    ready_.resize(start + static_cast<std::size_t>(frames) * channels);
    auto* output = reinterpret_cast<std::uint8_t*>(ready_.data() + start);
    const int made = swr_convert(resampler_.get(), &output, frames, input, input_frames);
    if (made < 0) ++damaged_packets_;
    ready_.resize(start + static_cast<std::size_t>(std::max(made, 0)) * channels);
    // Float recordings can hold anything, even what is no number.
    for (std::size_t i = start; i < ready_.size(); ++i) {
        ready_[i] = std::isfinite(ready_[i]) ? std::clamp(ready_[i], -1.F, 1.F) : 0.F;
    }
}

}  // namespace ditto::media
