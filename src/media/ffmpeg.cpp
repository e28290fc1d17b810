#include "media/ffmpeg.h"

#include <array>
#include <cstdint>
#include <system_error>

#include "base/error.h"
#include "media/version.h"

namespace ditto::media {
namespace {

/// Containers that hold sound or video themselves. Playlists and formats that name other files
/// (concat, hls, dash, image sequences) are left out on purpose.
constexpr const char* containers =
    "wav,w64,aiff,au,caf,mp3,flac,ogg,aac,ac3,eac3,dts,amr,wv,ape,tta,mpc,mpc8,matroska,webm,mov,"
    "mp4,m4a,3gp,3g2,avi,asf,flv,mpeg,mpegts";

/// More than any honest header asks for at once.
constexpr std::size_t max_allocation_bytes = std::size_t{256} << 20;
constexpr int max_retries = 1000;

/// io_open of FFmpeg, for files that want to open further files.
int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
    return AVERROR(EACCES);
}

std::string version_text(unsigned version) {
    return std::to_string(AV_VERSION_MAJOR(version)) + "." +
           std::to_string(AV_VERSION_MINOR(version)) + "." +
           std::to_string(AV_VERSION_MICRO(version));
}

}  // namespace

std::string ffmpeg_version() {
    return std::string(av_version_info()) + " (libavformat " + version_text(avformat_version()) +
           ", libavcodec " + version_text(avcodec_version()) + ")";
}

std::string ffmpeg_text(int error) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(error, text.data(), text.size());
    return text.data();
}

void out_of_memory() {
    throw Error(ErrorCode::memory);
}

void quiet_ffmpeg() {
    [[maybe_unused]] static const bool done = [] {
        av_log_set_level(AV_LOG_QUIET);
        av_max_alloc(max_allocation_bytes);
        return true;
    }();
}

InputFile::InputFile(const std::filesystem::path& path) {
    quiet_ffmpeg();
    try {
        open(path);
    } catch (...) {
        close();
        throw;
    }
}

InputFile::~InputFile() {
    close();
}

void InputFile::close() {
    avformat_close_input(&format_);
    avio_closep(&io_);
}

void InputFile::open(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) throw Problem{Failure::missing, ""};
    if (!std::filesystem::is_regular_file(status)) throw Problem{Failure::unreadable, "no file"};
    // "file:" keeps a name such as "http:x" a name.
    int result =
        avio_open2(&io_, ("file:" + path.string()).c_str(), AVIO_FLAG_READ, nullptr, nullptr);
    if (result < 0) throw Problem{Failure::unreadable, ffmpeg_text(result)};
    if (avio_size(io_) == 0) throw Problem{Failure::empty, ""};

    const AVInputFormat* container = nullptr;
    // An empty name: content alone decides.
    result = av_probe_input_buffer2(io_, &container, "", nullptr, 0, 0);
    if (result < 0 || container == nullptr ||
        av_match_list(container->name, containers, ',') == 0) {
        throw Problem{Failure::format, container == nullptr ? "" : container->name};
    }

    format_ = allocated(avformat_alloc_context());
    format_->pb = io_;
    format_->io_open = refuse_to_open;
    format_->flags |= AVFMT_FLAG_CUSTOM_IO;
    result = avformat_open_input(&format_, "", container, nullptr);
    if (result == AVERROR(ENOMEM)) out_of_memory();
    if (result < 0) throw Problem{Failure::corrupt, ffmpeg_text(result)};
    result = avformat_find_stream_info(format_, nullptr);
    if (result < 0) throw Problem{Failure::corrupt, ffmpeg_text(result)};
}

bool InputFile::read(AVPacket* packet) {
    int result = AVERROR(EAGAIN);
    for (int tries = 0; result == AVERROR(EAGAIN) && tries < max_retries; ++tries) {
        result = av_read_frame(format_, packet);
    }
    if (result == AVERROR(ENOMEM)) out_of_memory();
    if (result == AVERROR(EIO)) throw Problem{Failure::unreadable, ffmpeg_text(result)};
    return result >= 0;
}

CodecPtr open_decoder(const AVStream* stream, int threads) {
    const AVCodec* found = avcodec_find_decoder(stream->codecpar->codec_id);
    if (found == nullptr) return nullptr;
    CodecPtr codec(allocated(avcodec_alloc_context3(found)));
    codec->thread_count = threads;
    codec->pkt_timebase = stream->time_base;  // needed to trim encoder delay to the sample
    if (avcodec_parameters_to_context(codec.get(), stream->codecpar) < 0 ||
        avcodec_open2(codec.get(), found, nullptr) < 0) {
        return nullptr;
    }
    return codec;
}

}  // namespace ditto::media
