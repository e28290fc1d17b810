#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>

#include "engine/engine.h"

namespace ditto::media {

struct AudioLimits {
    double min_duration_s = 0.1;
    double max_duration_s = 4 * 3600;
    /// Recordings whose loudest sample lies below this are silent: -70 dB of full scale.
    double silent_peak = 0.000316;
};

/// What a look at the whole recording tells. Memory does not grow with its length.
struct AudioInfo {
    /// Of what can be decoded, not of what the file declares.
    double duration_s = 0;
    int sample_rate_hz = 0;
    int channels = 0;
    /// Loudest sample of the mono mix, 0 to 1.
    double peak = 0;
    bool silent = false;
};

/// Decodes the recording once from end to end (two hours of MP3 take seconds).
/// Damage: packets that cannot be decoded are left out and a cut file ends where it is cut, as in
/// any player; that is an error only where less than the minimum remains or more is damaged than
/// whole. Throws Error: audio_missing, audio_unreadable, audio_format (also: no sound track,
/// playlists), audio_corrupt, audio_empty, audio_too_long, cancelled (by `stop`). Silence is told,
/// not thrown.
AudioInfo probe_audio(const std::filesystem::path& path, const AudioLimits& limits = {},
                      const std::stop_token& stop = {});

/// probe_audio() that throws Error{audio_silent} too: what a recording has to pass before work on
/// it begins.
AudioInfo check_voice(const std::filesystem::path& path, const AudioLimits& limits = {},
                      const std::stop_token& stop = {});

/// A recording, or the sound of a video, as engines hear it: 16 kHz, mono, streamed. Whatever
/// FFmpeg decodes (WAV, MP3, M4A, FLAC, OGG, MP4 ...), 1 to 768 kHz, any number of channels.
/// Sample 0 is the first one recorded: encoder delay is cut away.
class AudioFile final : public AudioSource {
  public:
    /// Throws Error: audio_missing, audio_unreadable, audio_empty, audio_format, audio_corrupt.
    explicit AudioFile(const std::filesystem::path& path, const AudioLimits& limits = {});
    ~AudioFile() override;

    /// Throws Error{audio_too_long} at the limit, Error{audio_unreadable} when the disk fails.
    std::size_t read(std::span<float> samples) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ditto::media
