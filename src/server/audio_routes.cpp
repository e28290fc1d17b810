#include "server/audio_routes.h"

#include <array>
#include <cmath>
#include <fstream>

#include "jobs/job_store.h"
#include "media/audio_file.h"
#include "server/multipart.h"

namespace ditto::server {
namespace {

/// An hour of uncompressed stereo fits.
constexpr std::int64_t max_audio_body = 700 * megabyte;

/// By the first bytes of a recording that FFmpeg reads; only decides the type it is served with.
std::string sound_ending(const std::filesystem::path& path) {
    std::array<char, 12> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
    const std::string_view bytes(start.data(), start.size());
    if (bytes.starts_with("RIFF") && bytes.substr(8) == "WAVE") return ".wav";
    if (bytes.starts_with("fLaC")) return ".flac";
    if (bytes.starts_with("OggS")) return ".ogg";
    if (bytes.starts_with("\x1a\x45\xdf\xa3")) return ".webm";
    if (bytes.substr(4, 4) == "ftyp") return ".m4a";
    const auto second = static_cast<unsigned char>(bytes[1]);
    const bool frame = bytes[0] == '\xff' && (second & 0xe0) == 0xe0;
    if (bytes.starts_with("ID3") || (frame && (second & 0x06) != 0)) return ".mp3";
    if (frame) return ".aac";
    return ".audio";
}

}  // namespace

std::vector<Route> AudioRoutes::routes() {
    return {{"POST", "/api/avatar/upload-audio",
             [this](const Request& request, const std::string&) { return upload(request); },
             max_audio_body, true}};
}

Response AudioRoutes::upload(const Request& request) {
    Upload& file = uploaded_file(request);
    return json_response(
        keep_voice(data_, file.path(), file.name(),
                   [&](const std::filesystem::path& target) { file.take(target); }));
}

Json keep_voice(DataFolder& data, const std::filesystem::path& file, const std::string& name,
                const std::function<void(const std::filesystem::path&)>& move) {
    const media::AudioInfo info = media::check_voice(file);
    const std::string id = jobs::new_id();
    const std::string stored = "voice_" + id + sound_ending(file);
    const std::filesystem::path path = data.uploads() / stored;
    const double duration_s = std::round(info.duration_s * 1000) / 1000;
    write_note(path, {{"created", jobs::now_s()}, {"name", name}, {"duration", duration_s}});
    move(path);
    return {{"audio_id", id},
            {"audio_path", "./uploads/" + stored},
            {"audio_url", "/uploads/" + stored},
            {"name", name},
            {"duration", duration_s},
            {"sample_rate", info.sample_rate_hz},
            {"channels", info.channels}};
}

}  // namespace ditto::server
