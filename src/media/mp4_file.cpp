#include "media/mp4_file.h"

#include <array>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "media/output_error.h"

namespace ditto::media {
namespace {

/// Room for the hidden name's own letters within the 255 bytes of a file name.
constexpr std::size_t max_name_bytes = 230;
constexpr int max_name_tries = 100;

std::string random_suffix() {
    std::random_device device;
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(device()));
    return text.data();
}

/// Waits until a file or folder is on the disk. Some file systems cannot tell: EINVAL.
int sync_to_disk(const std::filesystem::path& path, int flags) {
    const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return errno;
    const int error = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
    close(descriptor);
    return error;
}

}  // namespace

PartFile::PartFile(const std::filesystem::path& target) : target_(target) {
    check_output_folder(target);
    const std::string name = target.filename().string().substr(0, max_name_bytes);
    for (int tries = 1;; ++tries) {
        path_ = target.parent_path() / ("." + name + ".part-" + random_suffix());
        const int descriptor = open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            close(descriptor);
            return;
        }
        if (errno != EEXIST || tries == max_name_tries) throw_output_error(errno, target);
    }
}

PartFile::~PartFile() {
    if (!committed_) unlink(path_.c_str());
}

void PartFile::commit() {
    const int error = sync_to_disk(path_, O_WRONLY);
    if (error != 0) throw_output_error(error, target_);
    if (rename(path_.c_str(), target_.c_str()) != 0) throw_output_error(errno, target_);
    committed_ = true;
    // The video is complete whether or not the folder's entry is already on the disk.
    sync_to_disk(target_.has_parent_path() ? target_.parent_path() : ".", O_RDONLY | O_DIRECTORY);
}

Mp4File::Mp4File(const std::filesystem::path& target) : part_(target) {
    quiet_ffmpeg();
    const std::string url = "file:" + part_.path().string();
    if (avformat_alloc_output_context2(&format_, nullptr, "mp4", url.c_str()) < 0) out_of_memory();
    format_->flags |= AVFMT_FLAG_BITEXACT;
    av_dict_set(&format_->metadata, "encoding_tool", "ditto-avatar", 0);
    packet_.reset(allocated(av_packet_alloc()));
}

Mp4File::~Mp4File() {
    avio_closep(&format_->pb);
    avformat_free_context(format_);
}

void Mp4File::check(int result) const {
    if (result >= 0) return;
    if (result == AVERROR(ENOMEM)) out_of_memory();
    throw_output_error(AVUNERROR(result), part_.target(), ffmpeg_text(result));
}

int Mp4File::add_stream(const AVCodecContext& encoder) {
    AVStream* stream = allocated(avformat_new_stream(format_, nullptr));
    stream->time_base = encoder.time_base;
    stream->avg_frame_rate = encoder.framerate;
    check(avcodec_parameters_from_context(stream->codecpar, &encoder));
    return stream->index;
}

int Mp4File::add_copy(const AVStream& source) {
    AVStream* stream = allocated(avformat_new_stream(format_, nullptr));
    stream->time_base = source.time_base;
    stream->avg_frame_rate = source.avg_frame_rate;
    check(avcodec_parameters_copy(stream->codecpar, source.codecpar));
    stream->codecpar->codec_tag = 0;
    return stream->index;
}

void Mp4File::add_chapter(const std::string& title, double start_s, double end_s) {
    constexpr int units_per_s = 1000;
    const auto count = static_cast<std::size_t>(format_->nb_chapters) + 1;
    auto* grown = allocated(
        static_cast<AVChapter**>(av_realloc_array(format_->chapters, count, sizeof(AVChapter*))));
    format_->chapters = grown;
    auto* chapter = allocated(static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter))));
    grown[format_->nb_chapters++] = chapter;
    chapter->id = static_cast<std::int64_t>(count);
    chapter->time_base = {1, units_per_s};
    chapter->start = std::llround(start_s * units_per_s);
    chapter->end = std::llround(end_s * units_per_s);
    check(av_dict_set(&chapter->metadata, "title", title.c_str(), 0));
}

void Mp4File::start() {
    check(avio_open2(&format_->pb, format_->url, AVIO_FLAG_WRITE, nullptr, nullptr));
    AVDictionary* options = nullptr;
    av_dict_set(&options, "movflags", "+faststart", 0);
    const int result = avformat_write_header(format_, &options);
    av_dict_free(&options);
    check(result);
}

void Mp4File::encode(AVCodecContext& encoder, const AVFrame* frame, int stream) {
    check_encoder(avcodec_send_frame(&encoder, frame));
    for (;;) {
        const int result = avcodec_receive_packet(&encoder, packet_.get());
        if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
        check_encoder(result);
        packet_->stream_index = stream;
        av_packet_rescale_ts(packet_.get(), encoder.time_base, format_->streams[stream]->time_base);
        write(*packet_);
    }
}

void Mp4File::write(AVPacket& packet) {
    check(av_interleaved_write_frame(format_, &packet));
}

void Mp4File::complete() {
    check(av_write_trailer(format_));
    avio_flush(format_->pb);
    check(format_->pb->error);
    check(avio_closep(&format_->pb));
}

void Mp4File::commit() {
    part_.commit();
}

void open_encoder(AVCodecContext& codec, AVDictionary* options) {
    const int result = avcodec_open2(&codec, codec.codec, &options);
    av_dict_free(&options);
    check_encoder(result);
}

void check_encoder(int result) {
    if (result < 0) throw Error(ErrorCode::memory, {}, ffmpeg_text(result));
}

CodecPtr new_encoder(const char* name, const std::string& what) {
    quiet_ffmpeg();
    const AVCodec* found = avcodec_find_encoder_by_name(name);
    if (found == nullptr) throw Error(ErrorCode::output_encoder, {{"what", what}});
    return CodecPtr(allocated(avcodec_alloc_context3(found)));
}

}  // namespace ditto::media
