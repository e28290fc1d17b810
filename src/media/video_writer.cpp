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
#include "media/sound_track.h"

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

}  // namespace

struct VideoWriter::State {
    State(const Image& photo, const std::filesystem::path& output, const VideoOptions& options)
        : fps(options.fps), file(output), pictures(photo, options.fps) {
        picture_stream = file.add_stream(pictures.encoder());
        if (options.voice) {
            voice = std::make_unique<AudioDecoder>(*options.voice);
            sound = std::make_unique<SoundTrack>(voice->source());
            voice->convert_to(sound->format());
            sound_stream = file.add_stream(sound->encoder());
        }
        file.start();
    }

    void write_sound(bool last) {
        sound->write_until(static_cast<double>(frames) / fps, last, *voice, file, sound_stream);
    }

    double fps;
    Mp4File file;
    PictureTrack pictures;
    std::unique_ptr<AudioDecoder> voice;
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
        state.write_sound(false);
    }
}

void VideoWriter::finish() {
    State& state = *state_;
    if (state.frames == 0) throw Error(ErrorCode::internal, {}, "a video without frames");
    state.file.encode(state.pictures.encoder(), nullptr, state.picture_stream);
    if (state.sound) {
        state.write_sound(true);
        state.file.encode(state.sound->encoder(), nullptr, state.sound_stream);
    }
    state.file.complete();
    state.file.commit();
}

std::int64_t VideoWriter::frames_written() const {
    return state_->frames;
}

}  // namespace ditto::media
