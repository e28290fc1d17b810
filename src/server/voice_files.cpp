#include "server/voice_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <span>
#include <system_error>
#include <vector>

#include "base/error.h"

namespace ditto::server {
namespace {

constexpr std::uint32_t excerpt_rate_hz = 16000;
constexpr std::string_view excerpt_prefix = "preview_";

std::filesystem::path name_file(std::filesystem::path voice) {
    return voice += ".name";
}

void put(std::string& text, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i) & 0xff);
}

/// A WAV (RIFF, PCM, 16 bit, mono) of these samples.
std::string wav_of(std::span<const float> samples) {
    const auto size = static_cast<std::uint32_t>(samples.size() * 2);
    std::string text = "RIFF";
    put(text, 36 + size, 4);
    text += "WAVEfmt ";
    put(text, 16, 4);
    put(text, 1, 2);
    put(text, 1, 2);
    put(text, excerpt_rate_hz, 4);
    put(text, excerpt_rate_hz * 2, 4);
    put(text, 2, 2);
    put(text, 16, 2);
    text += "data";
    put(text, size, 4);
    for (const float sample : samples) {
        const long value = std::lround(std::clamp(sample, -1.F, 1.F) * 32767);
        put(text, static_cast<std::uint32_t>(value), 2);
    }
    return text;
}

}  // namespace

std::string sound_ending(const std::filesystem::path& path) {
    std::array<char, 12> head{};
    std::ifstream(path, std::ios::binary).read(head.data(), head.size());
    const std::string_view text(head.data(), head.size());
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(head.at(i)); };
    if (text.starts_with("RIFF") && text.substr(8) == "WAVE") return ".wav";
    if (text.starts_with("fLaC")) return ".flac";
    if (text.starts_with("OggS")) return ".ogg";
    if (text.substr(4, 4) == "ftyp") return ".m4a";
    if (text.starts_with("\x1a\x45\xdf\xa3")) return ".webm";
    // An MPEG frame begins with eleven bits of 1.
    if (text.starts_with("ID3") || (byte(0) == 0xff && (byte(1) & 0xe0) == 0xe0)) return ".mp3";
    return "";
}

void write_voice_name(const std::filesystem::path& voice, std::string_view name) {
    std::ofstream file(name_file(voice), std::ios::binary);
    file << name;
    if (!file.flush()) throw Error(ErrorCode::disk_full, {{"path", voice.filename().string()}});
}

std::string voice_name(const std::filesystem::path& voice) {
    std::string name;
    std::getline(std::ifstream(name_file(voice), std::ios::binary), name);
    return name.empty() ? voice.filename().string() : name;
}

void write_excerpt(const std::filesystem::path& voice, double seconds,
                   const std::filesystem::path& excerpt) {
    media::AudioFile sound(voice);
    std::vector<float> samples(static_cast<std::size_t>(seconds * excerpt_rate_hz));
    std::size_t filled = 0;
    while (filled < samples.size()) {
        const std::size_t count = sound.read(std::span(samples).subspan(filled));
        if (count == 0) break;
        filled += count;
    }
    const std::filesystem::path unfinished =
        excerpt.parent_path() / ("." + excerpt.filename().string());
    std::ofstream file(unfinished, std::ios::binary);
    file << wav_of(std::span(samples).first(filled));
    file.close();
    std::error_code error;
    if (!file) {
        std::filesystem::remove(unfinished, error);
        throw Error(ErrorCode::disk_full, {{"path", excerpt.filename().string()}});
    }
    std::filesystem::rename(unfinished, excerpt, error);
    if (error) throw Error(ErrorCode::folder_unwritable, {{"path", excerpt.filename().string()}});
    write_voice_name(excerpt, voice_name(voice));
}

void remove_voice(const std::filesystem::path& voice) {
    std::error_code ignored;
    std::filesystem::remove(voice, ignored);
    std::filesystem::remove(name_file(voice), ignored);
}

bool is_excerpt(const std::filesystem::path& voice) {
    return voice.filename().string().starts_with(excerpt_prefix);
}

}  // namespace ditto::server
