#include "media/video_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "media/audio_decoder.h"
#include "media/colour.h"
#include "media/mp4_file.h"

namespace ditto::media {
namespace {

constexpr const char* crf = "18";
/// Where most of the picture stands still, two thirds of the time of "faster" at no larger size;
/// "superfast" is no quicker and four times larger, since it does without macroblock trees.
constexpr const char* preset = "veryfast";
/// Of "veryfast", a fifth of the time at the same picture (within 0.1 dB) and 5 % more bytes: no
/// search for fades, half-steps of motion judged by their plain difference.
constexpr const char* parameters = "weightp=0:subme=1";
/// Fixed, because x264's output depends on it: the same video on every machine.
constexpr int encoder_threads = 3;
constexpr double keyframe_interval_s = 5;
constexpr int max_audio_rate_hz = 48000;
constexpr int audio_bits_per_sample = 4;
constexpr int max_audio_bits_per_s = 96000;  // a channel

void open_encoder(AVCodecContext& codec, AVDictionary* options) {
    const int result = avcodec_open2(&codec, codec.codec, &options);
    av_dict_free(&options);
    check_encoder(result);
}

/// The picture track: the photo with the patch of the moment, as planes for the encoder.
class PictureTrack {
  public:
    PictureTrack(const Image& photo, double fps)
        : photo_(photo),
          shown_(photo),
          bounds_{0, 0, photo.width() & ~1, photo.height() & ~1},
          codec_(new_encoder("libx264", "H.264 (libx264)")),
          frame_(allocated(av_frame_alloc())) {
        if (bounds_.empty()) throw Error(ErrorCode::internal, {}, "photo without pixels");
        configure(av_d2q(fps, 100000));
        frame_->format = codec_->pix_fmt;
        frame_->width = codec_->width;
        frame_->height = codec_->height;
        if (av_frame_get_buffer(frame_.get(), 0) < 0) out_of_memory();
        convert(bounds_);
    }

    AVCodecContext& encoder() const { return *codec_; }

    const AVFrame* next(const Frame& frame) {
        const Rect patch{frame.x, frame.y, frame.patch.width(), frame.patch.height()};
        if (intersection(patch, shown_.bounds()) != patch && !frame.patch.empty()) {
            throw Error(ErrorCode::internal, {}, "patch outside the photo");
        }
        if (av_frame_make_writable(frame_.get()) < 0) out_of_memory();
        const bool same_place = patch == patch_;
        if (!same_place && !patch_.empty()) {
            paste(crop(photo_, patch_), patch_.x, patch_.y, shown_);
            convert(patch_);
        }
        if (!frame.patch.empty()) {
            paste(frame.patch, patch.x, patch.y, shown_);
            convert(patch);
        }
        patch_ = frame.patch.empty() ? Rect{} : patch;
        frame_->pts = frame.index;
        return frame_.get();
    }

  private:
    void configure(AVRational fps) {
        codec_->width = bounds_.width;
        codec_->height = bounds_.height;
        codec_->pix_fmt = AV_PIX_FMT_YUV420P;
        codec_->time_base = av_inv_q(fps);
        codec_->framerate = fps;
        codec_->sample_aspect_ratio = {1, 1};
        codec_->color_range = AVCOL_RANGE_MPEG;
        codec_->color_primaries = AVCOL_PRI_BT709;
        codec_->color_trc = AVCOL_TRC_BT709;
        codec_->colorspace = AVCOL_SPC_BT709;
        codec_->chroma_sample_location = AVCHROMA_LOC_LEFT;
        codec_->gop_size = static_cast<int>(std::lround(av_q2d(fps) * keyframe_interval_s));
        codec_->thread_count = encoder_threads;
        codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
        AVDictionary* options = nullptr;
        av_dict_set(&options, "preset", preset, 0);
        av_dict_set(&options, "crf", crf, 0);
        av_dict_set(&options, "x264-params", parameters, 0);
        open_encoder(*codec_, options);
    }

    void convert(const Rect& area) {
        converter_.convert(shown_, even_around(area, bounds_),
                           {frame_->data[0], frame_->data[1], frame_->data[2], frame_->linesize[0],
                            frame_->linesize[1]});
    }

    const Image photo_;
    Image shown_;
    Rect bounds_;  // of the video: even
    Rect patch_;   // of the last frame
    ColourConverter converter_;
    CodecPtr codec_;
    FramePtr frame_;
};

/// The sound track, read and encoded piece by piece.
class SoundTrack {
  public:
    explicit SoundTrack(const std::filesystem::path& voice)
        : decoder_(voice), codec_(new_encoder("aac", "AAC")), frame_(allocated(av_frame_alloc())) {
        const AudioFormat source = decoder_.source();
        const int channels = std::min(source.channels, 2);
        codec_->sample_rate = rate_for(source.sample_rate_hz, *codec_->codec);
        codec_->sample_fmt = AV_SAMPLE_FMT_FLTP;
        codec_->time_base = {1, codec_->sample_rate};
        codec_->bit_rate =
            static_cast<std::int64_t>(channels) *
            std::min(max_audio_bits_per_s, codec_->sample_rate * audio_bits_per_sample);
        codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
        av_channel_layout_default(&codec_->ch_layout, channels);
        open_encoder(*codec_, nullptr);
        decoder_.convert_to({codec_->sample_rate, channels});
        frame_->format = codec_->sample_fmt;
        frame_->sample_rate = codec_->sample_rate;
        av_channel_layout_default(&frame_->ch_layout, channels);
    }

    AVCodecContext& encoder() const { return *codec_; }

    /// Encodes full pieces up to `time_s`; the `last` time also what is left of a piece.
    void write_until(double time_s, bool last, Mp4File& file, int stream) {
        const std::int64_t end = std::llround(time_s * codec_->sample_rate);
        while (!ended_ && written_ < end) {
            const std::int64_t room = end - written_;
            if (room < codec_->frame_size && !last) return;
            const int count =
                fill(static_cast<int>(std::min<std::int64_t>(room, codec_->frame_size)));
            if (count == 0) return;
            frame_->pts = written_;
            written_ += count;
            file.encode(*codec_, frame_.get(), stream);
        }
    }

  private:
    static int rate_for(int source_hz, const AVCodec& codec) {
        int best = max_audio_rate_hz;
        for (const int* rate = codec.supported_samplerates; *rate != 0; ++rate) {
            if (*rate >= source_hz && *rate < best) best = *rate;
        }
        return best;
    }

    /// Reads up to `wanted` sample frames into frame_; returns how many.
    int fill(int wanted) {
        const int channels = codec_->ch_layout.nb_channels;
        samples_.resize(static_cast<std::size_t>(wanted) * static_cast<std::size_t>(channels));
        const int count = static_cast<int>(decoder_.read(samples_)) / channels;
        ended_ = count < wanted;
        if (count == 0) return 0;
        for (AVBufferRef*& buffer : frame_->buf)
            av_buffer_unref(&buffer);
        frame_->nb_samples = count;
        if (av_frame_get_buffer(frame_.get(), 0) < 0) out_of_memory();
        for (int c = 0; c < channels; ++c) {
            auto* plane = reinterpret_cast<float*>(frame_->extended_data[c]);
            for (int i = 0; i < count; ++i) {
                plane[i] = samples_[static_cast<std::size_t>(i * channels + c)];
            }
        }
        return count;
    }

    AudioDecoder decoder_;
    CodecPtr codec_;
    FramePtr frame_;
    std::vector<float> samples_;
    std::int64_t written_ = 0;
    bool ended_ = false;
};

}  // namespace

struct VideoWriter::State {
    State(const Image& photo, const std::filesystem::path& output, const VideoOptions& options)
        : fps(options.fps), file(output), pictures(photo, options.fps) {
        picture_stream = file.add_stream(pictures.encoder());
        if (options.voice) {
            sound = std::make_unique<SoundTrack>(*options.voice);
            sound_stream = file.add_stream(sound->encoder());
        }
        file.start();
    }

    double fps;
    Mp4File file;
    PictureTrack pictures;
    std::unique_ptr<SoundTrack> sound;
    int picture_stream = 0;
    int sound_stream = 0;
    std::int64_t frames = 0;
};

VideoWriter::VideoWriter(const Image& photo, const std::filesystem::path& output,
                         const VideoOptions& options)
    : state_(std::make_unique<State>(photo, output, options)) {}

VideoWriter::~VideoWriter() = default;

void VideoWriter::write(Frame frame) {
    State& state = *state_;
    if (frame.index != state.frames) throw Error(ErrorCode::internal, {}, "frames out of order");
    state.file.encode(state.pictures.encoder(), state.pictures.next(frame), state.picture_stream);
    ++state.frames;
    if (state.sound) {
        state.sound->write_until(static_cast<double>(state.frames) / state.fps, false, state.file,
                                 state.sound_stream);
    }
}

void VideoWriter::finish() {
    State& state = *state_;
    if (state.frames == 0) throw Error(ErrorCode::internal, {}, "a video without frames");
    state.file.encode(state.pictures.encoder(), nullptr, state.picture_stream);
    if (state.sound) {
        state.sound->write_until(static_cast<double>(state.frames) / state.fps, true, state.file,
                                 state.sound_stream);
        state.file.encode(state.sound->encoder(), nullptr, state.sound_stream);
    }
    state.file.finish();
}

std::int64_t VideoWriter::frames_written() const {
    return state_->frames;
}

}  // namespace ditto::media
