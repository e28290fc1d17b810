#include "media/video_reader.h"

#include <string>
#include <utility>

#include "base/error.h"
#include "media/ffmpeg.h"

namespace ditto::media {
namespace {

constexpr int decoder_threads = 2;

struct FreeScaler {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

TrackInfo track_info(const AVStream& stream) {
    TrackInfo info;
    const double unit_s = av_q2d(stream.time_base);
    if (stream.start_time != AV_NOPTS_VALUE) {
        info.start_s = static_cast<double>(stream.start_time) * unit_s;
    }
    if (stream.duration != AV_NOPTS_VALUE) {
        info.duration_s = static_cast<double>(stream.duration) * unit_s;
    }
    return info;
}

}  // namespace

struct VideoFile::State {
    explicit State(const std::filesystem::path& where) try : path(where), file(where) {
    } catch (const InputFile::Problem& problem) {
        throw Error(ErrorCode::video_unreadable, {{"path", where.string()}}, problem.detail);
    }

    [[noreturn]] void refuse(std::string detail) const {
        throw Error(ErrorCode::video_unreadable, {{"path", path.string()}}, std::move(detail));
    }

    void open();
    bool decode();
    void feed();
    Image to_image();

    std::filesystem::path path;
    InputFile file;
    VideoInfo info;
    const AVStream* stream = nullptr;
    CodecPtr codec;
    PacketPtr packet{allocated(av_packet_alloc())};
    FramePtr frame{allocated(av_frame_alloc())};
    std::unique_ptr<SwsContext, FreeScaler> scaler;
};

void VideoFile::State::open() {
    const int index = av_find_best_stream(file.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (index < 0) refuse("no picture track");
    const int sound = av_find_best_stream(file.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (sound >= 0) info.sound = track_info(*file->streams[sound]);
    stream = file->streams[index];
    info.picture = track_info(*stream);
    info.width = stream->codecpar->width;
    info.height = stream->codecpar->height;
    info.fps = av_q2d(av_guess_frame_rate(file.get(), file->streams[index], nullptr));
    info.frame_count = stream->nb_frames;
    for (unsigned i = 0; i < file->nb_streams; ++i) {
        if (static_cast<int>(i) != index) file->streams[i]->discard = AVDISCARD_ALL;
    }
    codec = open_decoder(stream, decoder_threads);
    if (!codec) refuse("no decoder");
}

void VideoFile::State::feed() {
    try {
        while (file.read(packet.get())) {
            const bool ours = packet->stream_index == stream->index;
            const int result = ours ? avcodec_send_packet(codec.get(), packet.get()) : 0;
            av_packet_unref(packet.get());
            if (result < 0) refuse(ffmpeg_text(result));
            if (ours) return;
        }
    } catch (const InputFile::Problem& problem) {
        refuse(problem.detail);
    }
    avcodec_send_packet(codec.get(), nullptr);
}

bool VideoFile::State::decode() {
    for (;;) {
        const int result = avcodec_receive_frame(codec.get(), frame.get());
        if (result == AVERROR_EOF) return false;
        if (result >= 0) return true;
        if (result != AVERROR(EAGAIN)) refuse(ffmpeg_text(result));
        feed();
    }
}

Image VideoFile::State::to_image() {
    scaler.reset(sws_getCachedContext(
        scaler.release(), frame->width, frame->height, static_cast<AVPixelFormat>(frame->format),
        frame->width, frame->height, AV_PIX_FMT_RGB24,
        SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT, nullptr, nullptr,
        nullptr));
    if (!scaler) refuse("unknown pixels");
    const int space =
        frame->colorspace == AVCOL_SPC_UNSPECIFIED ? SWS_CS_ITU709 : frame->colorspace;
    const int full_range = frame->color_range == AVCOL_RANGE_JPEG ? 1 : 0;
    sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(space), full_range,
                             sws_getCoefficients(SWS_CS_ITU709), 1, 0, 1 << 16, 1 << 16);
    Image image(frame->width, frame->height);
    std::uint8_t* const rows[] = {image.row(0)};
    const int strides[] = {image.stride()};
    sws_scale(scaler.get(), frame->data, frame->linesize, 0, frame->height, rows, strides);
    return image;
}

VideoFile::VideoFile(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {
    state_->open();
}

VideoFile::~VideoFile() = default;

const VideoInfo& VideoFile::info() const {
    return state_->info;
}

std::optional<VideoFrame> VideoFile::read() {
    if (!state_->decode()) return std::nullopt;
    VideoFrame result{state_->to_image(), 0};
    result.time_s = static_cast<double>(state_->frame->best_effort_timestamp) *
                    av_q2d(state_->stream->time_base);
    av_frame_unref(state_->frame.get());
    return result;
}

}  // namespace ditto::media
