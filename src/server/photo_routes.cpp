#include "server/photo_routes.h"

#include <algorithm>

#include "base/error.h"
#include "server/multipart.h"

namespace ditto::server {
namespace {

/// A photo of the largest size that is accepted, and the form around it.
constexpr std::int64_t max_photo_body = 41 * megabyte;

Json box_json(const Rect& box) {
    return Json::array({box.x, box.y, box.width, box.height});
}

Json validation_json(const PhotoReport& report, Language language) {
    Json outline = Json::array();
    for (const auto& point : report.face_outline)
        outline.push_back({point[0], point[1]});
    return {{"valid", true},
            {"message", say(Sentence::photo_valid, language)},
            {"face_count", report.face_count},
            {"face_bbox", box_json(report.face_box)},
            {"face_outline", outline},
            {"image_size", Json::array({report.width, report.height})},
            {"notices", notices_json(report.notices, language)}};
}

}  // namespace

std::vector<Route> PhotoRoutes::routes() {
    return {
        {"POST", "/api/avatar/upload-photo",
         [this](const Request& request, const std::string&) { return upload(request); },
         max_photo_body, true},
        {"GET", "/api/avatar/photos",
         [this](const Request& request, const std::string&) { return list(request); }},
        {"DELETE", "/api/avatar/photo/{id}",
         [this](const Request& request, const std::string& id) { return remove(request, id); }},
    };
}

Response PhotoRoutes::upload(const Request& request) {
    Upload& file = uploaded_file(request);
    const PhotoReport report = examiner_.examine(file.path(), 0);
    const std::string ending = picture_ending(file.path());
    if (ending.empty()) throw Error(ErrorCode::photo_format);
    const std::string id = jobs::new_id();
    const std::string name = "avatar_" + id + ending;
    const std::filesystem::path path = data_.uploads() / name;
    write_note(path, {{"created", jobs::now_s()},
                      {"image_size", Json::array({report.width, report.height})},
                      {"face_bbox", box_json(report.face_box)}});
    file.take(path);
    return json_response(Json{{"photo_id", id},
                              {"photo_url", "/uploads/" + name},
                              {"validation", validation_json(report, request.language())}});
}

/// Newest first.
Response PhotoRoutes::list(const Request& request) const {
    const int limit = query_number(request, "limit", 1, 200, 50);
    const int offset = query_number(request, "offset", 0, 1'000'000, 0);
    std::vector<DataFolder::StoredPhoto> photos = data_.photos();
    std::sort(photos.begin(), photos.end(), [](const auto& a, const auto& b) {
        return std::tie(b.created_s, a.id) < std::tie(a.created_s, b.id);
    });
    Json list = Json::array();
    for (std::size_t i = static_cast<std::size_t>(offset);
         i < photos.size() && list.size() < static_cast<std::size_t>(limit); ++i) {
        const DataFolder::StoredPhoto& photo = photos[i];
        const Json note = read_note(photo.path);
        list.push_back({{"photo_id", photo.id},
                        {"photo_url", "/uploads/" + photo.path.filename().string()},
                        {"created", note.value("created", photo.created_s)},
                        {"image_size", note.value("image_size", Json())},
                        {"face_bbox", note.value("face_bbox", Json())}});
    }
    return json_response(
        Json{{"photos", list}, {"total", photos.size()}, {"limit", limit}, {"offset", offset}});
}

Response PhotoRoutes::remove(const Request& request, const std::string& id) {
    const auto photo = data_.photo(id);
    if (!photo) return refusal(404, Sentence::photo_unknown, request);
    if (store_.waits_for(*photo)) return refusal(409, Sentence::photo_in_use, request);
    remove_upload(*photo);
    return json_response(Json{{"photo_id", id}, {"deleted", true}});
}

}  // namespace ditto::server
