#include "sounds.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <stdexcept>

#include "files.h"

namespace ditto::media {
namespace {

void put(FileContent& to, std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i)
        to.push_back(static_cast<std::byte>(value >> (8 * i)));
}

void put(FileContent& to, const char* text) {
    for (; *text != 0; ++text)
        to.push_back(static_cast<std::byte>(*text));
}

FileContent wav_header(const Sound& sound, int bits, int format, std::int64_t declared_bytes) {
    const auto channels = static_cast<std::uint64_t>(sound.channels);
    const auto rate = static_cast<std::uint64_t>(sound.sample_rate_hz);
    const std::uint64_t frame_bytes = channels * static_cast<std::uint64_t>(bits) / 8;
    const auto bytes = declared_bytes >= 0 ? static_cast<std::uint64_t>(declared_bytes)
                                           : sound.samples.size() * frame_bytes / channels;
    FileContent wav;
    put(wav, "RIFF");
    put(wav, bytes + 36, 4);
    put(wav, "WAVEfmt ");
    put(wav, 16, 4);
    put(wav, static_cast<std::uint64_t>(format), 2);
    put(wav, channels, 2);
    put(wav, rate, 4);
    put(wav, rate * frame_bytes, 4);
    put(wav, frame_bytes, 2);
    put(wav, static_cast<std::uint64_t>(bits), 2);
    put(wav, "data");
    put(wav, bytes, 4);
    return wav;
}

void check(int result) {
    if (result < 0) throw std::runtime_error("FFmpeg " + std::to_string(result));
}

void mux(AVCodecContext* codec, AVFormatContext* file, const AVFrame* frame) {
    check(avcodec_send_frame(codec, frame));
    AVPacket* packet = av_packet_alloc();
    while (avcodec_receive_packet(codec, packet) >= 0) {
        av_packet_rescale_ts(packet, codec->time_base, file->streams[0]->time_base);
        check(av_interleaved_write_frame(file, packet));
    }
    av_packet_free(&packet);
}

/// Samples in the encoder's own format.
AVFrame* frame_of(const Sound& sound, AVCodecContext* codec, std::int64_t first, int count) {
    AVFrame* frame = av_frame_alloc();
    frame->nb_samples = count;
    frame->format = codec->sample_fmt;
    frame->sample_rate = codec->sample_rate;
    frame->pts = first;
    check(av_channel_layout_copy(&frame->ch_layout, &codec->ch_layout));
    check(av_frame_get_buffer(frame, 0));
    SwrContext* convert = nullptr;
    check(swr_alloc_set_opts2(&convert, &codec->ch_layout, codec->sample_fmt, codec->sample_rate,
                              &codec->ch_layout, AV_SAMPLE_FMT_FLT, codec->sample_rate, 0,
                              nullptr));
    check(swr_init(convert));
    const auto* input =
        reinterpret_cast<const std::uint8_t*>(sound.samples.data() + first * sound.channels);
    check(swr_convert(convert, frame->extended_data, count, &input, count));
    swr_free(&convert);
    return frame;
}

}  // namespace

Sound tone(double duration_s, int sample_rate_hz, int channels, double frequency_hz) {
    Sound sound{sample_rate_hz, channels, {}};
    const auto frames = static_cast<std::int64_t>(std::llround(duration_s * sample_rate_hz));
    for (std::int64_t i = 0; i < frames; ++i) {
        const double angle =
            2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / sample_rate_hz;
        sound.samples.insert(sound.samples.end(), static_cast<std::size_t>(channels),
                             static_cast<float>(.5 * std::sin(angle)));
    }
    return sound;
}

Sound clicks(double duration_s, int sample_rate_hz, const std::vector<std::int64_t>& at) {
    Sound sound{sample_rate_hz, 1, {}};
    sound.samples.resize(static_cast<std::size_t>(std::llround(duration_s * sample_rate_hz)));
    for (const std::int64_t place : at)
        sound.samples[static_cast<std::size_t>(place)] = 1;
    return sound;
}

void write_wav(const std::filesystem::path& path, const Sound& sound, std::int64_t declared_bytes) {
    FileContent wav = wav_header(sound, 16, 1, declared_bytes);
    for (const float sample : sound.samples) {
        const auto value = std::lround(std::clamp(sample, -1.F, 1.F) * 32767);
        put(wav, static_cast<std::uint64_t>(value), 2);
    }
    write_content(path, wav);
}

void write_float_wav(const std::filesystem::path& path, const Sound& sound) {
    FileContent wav = wav_header(sound, 32, 3, -1);
    for (const float sample : sound.samples) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &sample, sizeof bits);
        put(wav, bits, 4);
    }
    write_content(path, wav);
}

bool write_encoded(const std::filesystem::path& path, const Sound& sound,
                   const std::string& encoder) {
    const AVCodec* found = avcodec_find_encoder_by_name(encoder.c_str());
    if (found == nullptr) return false;
    AVFormatContext* file = nullptr;
    check(avformat_alloc_output_context2(&file, nullptr, nullptr, path.c_str()));
    AVCodecContext* codec = avcodec_alloc_context3(found);
    codec->sample_fmt = found->sample_fmts[0];
    codec->sample_rate = sound.sample_rate_hz;
    codec->time_base = {1, sound.sample_rate_hz};
    codec->bit_rate = 96000 * sound.channels;
    codec->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    av_channel_layout_default(&codec->ch_layout, sound.channels);
    if ((file->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
        codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    check(avcodec_open2(codec, found, nullptr));
    AVStream* stream = avformat_new_stream(file, nullptr);
    stream->time_base = codec->time_base;
    check(avcodec_parameters_from_context(stream->codecpar, codec));
    check(avio_open(&file->pb, path.c_str(), AVIO_FLAG_WRITE));
    check(avformat_write_header(file, nullptr));
    const std::int64_t total = static_cast<std::int64_t>(sound.samples.size()) / sound.channels;
    const int step = codec->frame_size > 0 ? codec->frame_size : 4096;
    for (std::int64_t at = 0; at < total; at += step) {
        AVFrame* frame =
            frame_of(sound, codec, at, static_cast<int>(std::min<std::int64_t>(step, total - at)));
        mux(codec, file, frame);
        av_frame_free(&frame);
    }
    mux(codec, file, nullptr);
    check(av_write_trailer(file));
    avio_closep(&file->pb);
    avcodec_free_context(&codec);
    avformat_free_context(file);
    return true;
}

}  // namespace ditto::media
