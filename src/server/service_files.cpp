// Endpoints around what jobs are made of: photos, voices, and the settings there are.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <system_error>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/error.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "server/multipart.h"
#include "server/responses.h"
#include "server/service.h"
#include "server/studio_options.h"
#include "server/voice_files.h"

namespace ditto::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_photos = 100;

struct StoredPhoto {
    std::string id;
    std::string file;
    std::int64_t created_s = 0;
};

/// The photos in a folder, newest first.
std::vector<StoredPhoto> photos_in(const std::filesystem::path& folder) {
    constexpr std::string_view prefix = "avatar_";
    std::vector<StoredPhoto> photos;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string file = entry.path().filename().string();
        const std::string id =
            file.starts_with(prefix) ? file.substr(prefix.size(), 36) : std::string();
        struct stat info {};
        if (!is_id(id) || stat(entry.path().c_str(), &info) != 0) continue;
        photos.push_back({id, file, info.st_mtim.tv_sec});
    }
    std::sort(photos.begin(), photos.end(), [](const auto& a, const auto& b) {
        return std::tie(b.created_s, b.id) < std::tie(a.created_s, a.id);
    });
    return photos;
}

}  // namespace

Response Service::options(const Request& request, const std::string&) {
    return json_response(options_json(settings_.checkpoints, request.language()));
}

Response Service::photos(const Request&, const std::string&) {
    const auto stored = photos_in(data_.uploads());
    Json list = Json::array();
    for (const StoredPhoto& photo : stored) {
        if (list.size() == most_photos) break;
        list.push_back({{"photo_id", photo.id},
                        {"photo_url", "/uploads/" + photo.file},
                        {"created", photo.created_s},
                        {"image_size", nullptr},
                        {"face_bbox", nullptr}});
    }
    return json_response(Json{{"photos", list}, {"total", stored.size()}});
}

Response Service::delete_photo(const Request& request, const std::string& id) {
    const auto photo = data_.photo(id);
    if (!photo) return refusal(404, Sentence::photo_unknown, request);
    for (const auto state : {jobs::JobState::queued, jobs::JobState::running}) {
        for (const jobs::Job& job : store_.list(state, 1000, 0)) {
            if (job.request.photo.filename() == photo->filename()) {
                return refusal(409, Sentence::photo_in_use, request);
            }
        }
    }
    std::error_code ignored;
    std::filesystem::remove(*photo, ignored);
    return json_response(Json{{"photo_id", id}, {"deleted", true}});
}

Response Service::upload_audio(const Request& request, const std::string&) {
    Upload& upload = *request.upload;
    if (!upload.complete()) return refusal(400, Sentence::multipart_malformed, request);
    if (!upload.has_file()) return field_missing("file", request);
    const media::AudioInfo info = media::check_voice(upload.path());
    const std::string ending = sound_ending(upload.path());
    if (ending.empty()) throw Error(ErrorCode::audio_format, {{"path", upload.client_name()}});
    const std::string id = jobs::new_id();
    const std::filesystem::path target = data_.uploads() / ("voice_" + id + ending);
    write_voice_name(target, upload.client_name());
    upload.take(target);
    return json_response(Json{{"audio_id", id},
                              {"audio_path", "./uploads/" + target.filename().string()},
                              {"audio_url", "/uploads/" + target.filename().string()},
                              {"name", voice_name(target)},
                              {"duration", std::round(info.duration_s * 1000) / 1000},
                              {"sample_rate", info.sample_rate_hz},
                              {"channels", info.channels}});
}

}  // namespace ditto::server
