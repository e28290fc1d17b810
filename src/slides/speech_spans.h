#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

namespace ditto::slides {

/// A stretch of speech, in seconds of the recording.
struct SpeechSpan {
    double start_s = 0;
    double end_s = 0;
};

/// Where the voice speaks: louder than 30 dB under its loud parts; gaps under 0.25 s count as
/// speech, sounds under 0.06 s do not. Memory: one value per 20 ms of the recording. Throws what
/// media::AudioFile throws, and Error{cancelled}.
std::vector<SpeechSpan> find_speech(const std::filesystem::path& voice, std::stop_token stop);

}  // namespace ditto::slides
