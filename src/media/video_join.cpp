#include "media/video_join.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "media/audio_decoder.h"
#include "media/mp4_file.h"
#include "media/output_error.h"
#include "media/sound_track.h"

namespace ditto::media {
namespace {

void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
}

[[noreturn]] void refuse(const std::filesystem::path& path, std::string detail) {
    throw Error(ErrorCode::video_unreadable, {{"path", path.string()}}, std::move(detail));
}

/// The packets of a file's picture track.
class PictureFile {
  public:
    explicit PictureFile(const std::filesystem::path& path) try : path_(path), file_(path) {
        const int index = av_find_best_stream(file_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
        if (index < 0) refuse(path_, "no picture track");
        for (unsigned i = 0; i < file_->nb_streams; ++i) {
            if (static_cast<int>(i) != index) file_->streams[i]->discard = AVDISCARD_ALL;
        }
        stream_ = file_->streams[index];
    } catch (const InputFile::Problem& problem) {
        refuse(path, problem.detail);
    }

    const AVStream& stream() const { return *stream_; }
    const std::filesystem::path& path() const { return path_; }

    bool read(AVPacket* packet) try {
        while (file_.read(packet)) {
            if (packet->stream_index == stream_->index) return true;
            av_packet_unref(packet);
        }
        return false;
    } catch (const InputFile::Problem& problem) {
        refuse(path_, problem.detail);
    }

  private:
    std::filesystem::path path_;
    InputFile file_;
    const AVStream* stream_ = nullptr;
};

/// What the parts' picture tracks have in common.
struct Track {
    AVRational time_base{};
    std::int64_t ticks_per_frame = 0;
    std::vector<std::int64_t> frames;  // of each part

    double seconds(std::int64_t count) const {
        return static_cast<double>(count * ticks_per_frame) * av_q2d(time_base);
    }
};

bool same_pictures(const AVCodecParameters& a, const AVCodecParameters& b) {
    return a.codec_id == b.codec_id && a.width == b.width && a.height == b.height &&
           a.extradata_size == b.extradata_size &&
           std::equal(a.extradata, a.extradata + a.extradata_size, b.extradata);
}

/// Counts the pictures of one part; all have to last equally long.
std::int64_t count_frames(PictureFile& part, std::int64_t& ticks, AVPacket* packet) {
    std::int64_t count = 0;
    while (part.read(packet)) {
        const std::int64_t lasts = packet->duration;
        const bool whole = (packet->flags & AV_PKT_FLAG_CORRUPT) == 0;
        av_packet_unref(packet);
        if (ticks == 0) ticks = lasts;
        if (lasts != ticks || lasts <= 0 || !whole) refuse(part.path(), "pictures of odd length");
        ++count;
    }
    if (count == 0) refuse(part.path(), "no pictures");
    return count;
}

Track look_at(std::span<const JoinPart> parts, const std::stop_token& stop) {
    const PacketPtr packet(allocated(av_packet_alloc()));
    Track track;
    if (parts.empty()) return track;
    const PictureFile first(parts.front().pictures);
    track.time_base = first.stream().time_base;
    for (const JoinPart& part : parts) {
        throw_if_stopped(stop);
        PictureFile file(part.pictures);
        const bool fits = same_pictures(*file.stream().codecpar, *first.stream().codecpar) &&
                          file.stream().time_base.num == track.time_base.num &&
                          file.stream().time_base.den == track.time_base.den;
        if (!fits) refuse(part.pictures, "it does not fit the other parts");
        track.frames.push_back(count_frames(file, track.ticks_per_frame, packet.get()));
    }
    return track;
}

/// The voices one after another, each from its sample on, with silence between them.
class Voices {
  public:
    Voices(std::span<const JoinPart> parts, const Track& track) : parts_(parts), track_(track) {}

    /// The best among them; nothing where there is none.
    std::optional<AudioFormat> best_format() const {
        std::optional<AudioFormat> best;
        for (const JoinPart& part : parts_) {
            if (!part.voice) continue;
            const AudioFormat format = AudioDecoder(*part.voice).source();
            if (!best) best = format;
            best->sample_rate_hz = std::max(best->sample_rate_hz, format.sample_rate_hz);
            best->channels = std::max(best->channels, format.channels);
        }
        return best;
    }

    void convert_to(AudioFormat format) { format_ = format; }

    std::size_t read(std::span<float> samples) {
        std::size_t done = 0;
        while (done < samples.size()) {
            if (left_ == 0 && !open_next()) break;
            const std::size_t count = std::min(samples.size() - done, left_);
            const std::span<float> piece = samples.subspan(done, count);
            const std::size_t heard = voice_ ? voice_->read(piece) : 0;
            std::fill(piece.begin() + static_cast<std::ptrdiff_t>(heard), piece.end(), 0.F);
            done += count;
            left_ -= count;
        }
        return done;
    }

  private:
    bool open_next() {
        if (next_ == parts_.size()) return false;
        const auto sample_at = [&](std::int64_t frame) {
            return std::llround(track_.seconds(frame) * format_.sample_rate_hz);
        };
        const std::int64_t end = frame_ + track_.frames[next_];
        left_ = static_cast<std::size_t>(sample_at(end) - sample_at(frame_)) *
                static_cast<std::size_t>(format_.channels);
        frame_ = end;
        voice_.reset();
        const JoinPart& part = parts_[next_++];
        if (part.voice) {
            voice_ = std::make_unique<AudioDecoder>(*part.voice);
            voice_->convert_to(format_);
        }
        return true;
    }

    std::span<const JoinPart> parts_;
    const Track& track_;
    AudioFormat format_;
    std::size_t next_ = 0;
    std::int64_t frame_ = 0;
    std::size_t left_ = 0;  // values of the present part
    std::unique_ptr<AudioDecoder> voice_;
};

/// A text under its hidden name.
std::unique_ptr<PartFile> written(const TextFile& text) {
    auto part = std::make_unique<PartFile>(text.path);
    errno = 0;
    std::ofstream out(part->path(), std::ios::binary);
    out << text.content;
    out.close();
    if (!out) throw_output_error(errno, text.path);
    return part;
}

/// The texts first, so that whoever sees the video finds them.
void give_names(Mp4File& video, std::span<const std::unique_ptr<PartFile>> texts) {
    std::size_t named = 0;
    try {
        for (; named < texts.size(); ++named)
            texts[named]->commit();
        video.commit();
    } catch (...) {
        std::error_code ignored;
        for (std::size_t i = 0; i < named; ++i)
            std::filesystem::remove(texts[i]->target(), ignored);
        throw;
    }
}

}  // namespace

std::vector<double> part_lengths(std::span<const JoinPart> parts, const std::stop_token& stop) {
    const Track track = look_at(parts, stop);
    std::vector<double> lengths;
    for (const std::int64_t frames : track.frames)
        lengths.push_back(track.seconds(frames));
    return lengths;
}

void join_videos(std::span<const JoinPart> parts, const std::filesystem::path& output,
                 std::span<const TextFile> texts, const std::stop_token& stop) {
    if (parts.empty()) throw Error(ErrorCode::internal, {}, "a video without parts");
    const Track track = look_at(parts, stop);
    Mp4File file(output);
    const int pictures = file.add_copy(PictureFile(parts.front().pictures).stream());
    Voices voices(parts, track);
    std::unique_ptr<SoundTrack> sound;
    int sound_stream = 0;
    if (const auto format = voices.best_format()) {
        sound = std::make_unique<SoundTrack>(*format);
        voices.convert_to(sound->format());
        sound_stream = file.add_stream(sound->encoder());
    }
    std::int64_t frame = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::int64_t end = frame + track.frames[i];
        file.add_chapter(parts[i].title, track.seconds(frame), track.seconds(end));
        frame = end;
    }
    file.start();

    const PacketPtr packet(allocated(av_packet_alloc()));
    frame = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        PictureFile part(parts[i].pictures);
        const std::int64_t start = frame * track.ticks_per_frame;
        while (part.read(packet.get())) {
            throw_if_stopped(stop);
            packet->stream_index = pictures;
            packet->pts += start;
            packet->dts += start;
            packet->pos = -1;
            av_packet_rescale_ts(packet.get(), track.time_base, file.time_base(pictures));
            file.write(*packet);
            ++frame;
            if (sound) {
                sound->write_until(track.seconds(frame), false, voices, file, sound_stream);
            }
        }
    }
    if (sound) {
        sound->write_until(track.seconds(frame), true, voices, file, sound_stream);
        file.encode(sound->encoder(), nullptr, sound_stream);
    }
    file.complete();
    std::vector<std::unique_ptr<PartFile>> parts_of_texts;
    for (const TextFile& text : texts)
        parts_of_texts.push_back(written(text));
    throw_if_stopped(stop);
    give_names(file, parts_of_texts);
}

}  // namespace ditto::media
