#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// Sound files in all kinds.
namespace ditto::media {

struct Sound {
    int sample_rate_hz = 16000;
    int channels = 1;
    std::vector<float> samples;  // interleaved
};

/// A sine of half amplitude in all channels.
Sound tone(double duration_s, int sample_rate_hz, int channels = 1, double frequency_hz = 440);

/// Silence with single full-scale clicks at the given sample frames.
Sound clicks(double duration_s, int sample_rate_hz, const std::vector<std::int64_t>& at);

/// WAV, 16 bit; written by hand. `declared_bytes` replaces the true length of the samples.
void write_wav(const std::filesystem::path& path, const Sound& sound,
               std::int64_t declared_bytes = -1);
/// WAV with 32-bit float samples, which can hold what is no number.
void write_float_wav(const std::filesystem::path& path, const Sound& sound);

/// Through FFmpeg: `encoder` such as "aac", "flac", "libmp3lame", "libvorbis"; the name's ending
/// decides the container. False where this FFmpeg lacks the encoder.
bool write_encoded(const std::filesystem::path& path, const Sound& sound,
                   const std::string& encoder);

}  // namespace ditto::media
