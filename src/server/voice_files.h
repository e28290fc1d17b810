#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "media/audio_file.h"

// Voices in the data folder: voice_<id> and an ending, with the client's name for it beside.
namespace ditto::server {

/// ".wav", ".mp3", ".m4a", ".flac", ".ogg", ".webm" or "" by the first bytes of a file.
std::string sound_ending(const std::filesystem::path& path);

/// Remembers what the client calls the recording.
void write_voice_name(const std::filesystem::path& voice, std::string_view name);
/// What the client called it, or the file's own name.
std::string voice_name(const std::filesystem::path& voice);

/// The first `seconds` of a recording as a WAV of 16 kHz, mono, which appears only when it is
/// complete. Throws Error as media::AudioFile does, Error{disk_full | folder_unwritable}.
void write_excerpt(const std::filesystem::path& voice, double seconds,
                   const std::filesystem::path& excerpt);
/// The recording and its name.
void remove_voice(const std::filesystem::path& voice);
/// True for the names that excerpts have: "preview_...".
bool is_excerpt(const std::filesystem::path& voice);

}  // namespace ditto::server
