#include "media/audio_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "base/error.h"
#include "core/audio_clip.h"
#include "media/audio_decoder.h"

namespace ditto::media {
namespace {

std::string seconds_text(double seconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g", seconds);
    return text.data();
}

/// "4 h", "90 s": reads the same in every language.
std::string limit_text(double seconds) {
    return seconds >= 3600 ? seconds_text(seconds / 3600) + " h" : seconds_text(seconds) + " s";
}

void check_length(std::int64_t samples, int sample_rate_hz, const AudioLimits& limits) {
    if (static_cast<double>(samples) / sample_rate_hz <= limits.max_duration_s) return;
    throw Error(ErrorCode::audio_too_long, {{"limit", limit_text(limits.max_duration_s)}});
}

/// Whether what could be decoded is worth using, and if not, whose fault it is.
void check_rest(const AudioDecoder& decoder, const AudioInfo& info, const AudioLimits& limits) {
    const bool too_short = info.duration_s < limits.min_duration_s;
    const bool damaged = too_short ? decoder.damaged_packets() > 0 ||
                                         decoder.declared_duration_s() >= limits.min_duration_s
                                   : decoder.damaged_packets() > decoder.packets() / 2;
    if (damaged) {
        throw Error(ErrorCode::audio_corrupt, {},
                    std::to_string(decoder.damaged_packets()) + " damaged packets");
    }
    if (too_short) {
        throw Error(ErrorCode::audio_empty, {{"seconds", seconds_text(limits.min_duration_s)}});
    }
}

}  // namespace

AudioInfo probe_audio(const std::filesystem::path& path, const AudioLimits& limits,
                      const std::stop_token& stop) {
    AudioDecoder decoder(path);
    AudioInfo info;
    info.sample_rate_hz = decoder.source().sample_rate_hz;
    info.channels = decoder.source().channels;
    decoder.convert_to({info.sample_rate_hz, 1});
    std::array<float, 8192> block;
    std::int64_t samples = 0;
    float peak = 0;
    for (std::size_t count = 0; (count = decoder.read(block)) > 0;) {
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        for (std::size_t i = 0; i < count; ++i)
            peak = std::max(peak, std::abs(block[i]));
        samples += static_cast<std::int64_t>(count);
        check_length(samples, info.sample_rate_hz, limits);
    }
    info.duration_s = static_cast<double>(samples) / info.sample_rate_hz;
    info.peak = peak;
    info.silent = peak < limits.silent_peak;
    check_rest(decoder, info, limits);
    return info;
}

AudioInfo check_voice(const std::filesystem::path& path, const AudioLimits& limits,
                      const std::stop_token& stop) {
    const AudioInfo info = probe_audio(path, limits, stop);
    if (info.silent) throw Error(ErrorCode::audio_silent);
    return info;
}

struct AudioFile::State {
    AudioDecoder decoder;
    AudioLimits limits;
    std::int64_t samples = 0;
};

AudioFile::AudioFile(const std::filesystem::path& path, const AudioLimits& limits)
    : state_(new State{AudioDecoder(path), limits}) {
    state_->decoder.convert_to({engine_sample_rate_hz, 1});
}

AudioFile::~AudioFile() = default;

std::size_t AudioFile::read(std::span<float> samples) {
    const std::size_t count = state_->decoder.read(samples);
    state_->samples += static_cast<std::int64_t>(count);
    check_length(state_->samples, engine_sample_rate_hz, state_->limits);
    return count;
}

}  // namespace ditto::media
