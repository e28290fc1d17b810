#include "server/data_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "jobs/job_store.h"
#include "server/head_check.h"
#include "server/replies.h"

namespace ditto::server {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> types{{
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".png", "image/png"},
    {".webp", "image/webp"},
    {".mp4", "video/mp4"},
    {".srt", "application/x-subrip"},
    {".vtt", "text/vtt"},
    {".wav", "audio/wav"},
    {".mp3", "audio/mpeg"},
    {".m4a", "audio/mp4"},
    {".flac", "audio/flac"},
    {".ogg", "audio/ogg"},
    {".webm", "audio/webm"},
    {".aac", "audio/aac"},
    {".audio", "application/octet-stream"},
}};

std::string_view type_of(const std::filesystem::path& path) {
    const std::string ending = path.extension().string();
    for (const auto& [known, type] : types) {
        if (known == ending) return type;
    }
    return {};
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
    const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
    if (!digits || error != std::errc{} || end != text.end()) return std::nullopt;
    return value;
}

bool inside(const std::filesystem::path& path, const std::filesystem::path& folder) {
    const auto [end, ignored] =
        std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end();
}

std::string etag_of(const struct stat& info) {
    const auto nanoseconds =
        std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
    return "\"" + std::to_string(info.st_size) + "-" + std::to_string(nanoseconds) + "\"";
}

/// If-None-Match compares weakly.
bool matches(std::string_view header, const std::string& etag) {
    return header == "*" || header.find(etag) != std::string_view::npos;
}

Response part_of(const Request& request, const std::shared_ptr<OpenFile>& file,
                 const struct stat& info, const std::string& etag) {
    const std::int64_t size = info.st_size;
    Response response;
    response.headers = {{"ETag", etag}, {"Accept-Ranges", "bytes"}};
    const std::string& condition = request.header("if-range");
    ByteRange range;
    if (condition.empty() || condition == etag) range = parse_range(request.header("range"), size);
    if (range.outcome == ByteRange::Outcome::unsatisfiable) {
        response = refusal(416, Sentence::range_refused, request);
        response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
        return response;
    }
    response.file = FilePart{file, 0, size};
    if (range.outcome == ByteRange::Outcome::satisfiable) {
        response.status = 206;
        response.file = FilePart{file, range.first, range.last - range.first + 1};
        response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) +
                                                           "-" + std::to_string(range.last) + "/" +
                                                           std::to_string(size));
    }
    return response;
}

}  // namespace

DataFolder::DataFolder(const std::filesystem::path& root) {
    std::error_code error;
    for (const char* name : {"uploads", "outputs", "previews", "tmp"}) {
        std::filesystem::create_directories(root / name, error);
        if (error) throw Error(ErrorCode::folder_unwritable, {{"path", root.string()}});
    }
    root_ = std::filesystem::canonical(root);
    // What a killed program was receiving.
    for (const auto& entry : std::filesystem::directory_iterator(root_ / "tmp", error))
        std::filesystem::remove(entry.path(), error);
}

std::filesystem::path DataFolder::temporary() const {
    return root_ / "tmp" / jobs::new_id();
}

std::optional<std::filesystem::path> DataFolder::photo(const std::string& id) const {
    if (!is_id(id)) return std::nullopt;
    for (const char* ending : {".jpg", ".png", ".webp"}) {
        std::error_code ignored;
        auto path = uploads() / ("avatar_" + id + ending);
        if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
    return std::nullopt;
}

std::vector<DataFolder::StoredPhoto> DataFolder::photos() const {
    constexpr std::string_view start = "avatar_";
    std::vector<StoredPhoto> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(uploads(), error)) {
        const std::string stem = entry.path().stem().string();
        if (!stem.starts_with(start) || entry.path().extension() == ".json") continue;
        const std::string id = stem.substr(start.size());
        struct stat info {};
        if (!is_id(id) || stat(entry.path().c_str(), &info) != 0) continue;
        found.push_back({id, entry.path(),
                         static_cast<double>(info.st_mtim.tv_sec) +
                             static_cast<double>(info.st_mtim.tv_nsec) * 1e-9});
    }
    return found;
}

std::string DataFolder::client_path(const std::filesystem::path& file) const {
    return "./" + file.lexically_relative(root_).generic_string();
}

DataFolder::Found DataFolder::resolve(std::string_view text) const {
    const bool wellformed = !text.empty() && text.size() <= 1024 && valid_utf8(text) &&
                            text.find('\0') == std::string_view::npos &&
                            text.find('\\') == std::string_view::npos;
    if (!wellformed) return {};
    if (text.starts_with("/uploads/") || text.starts_with("/outputs/")) text.remove_prefix(1);
    const std::filesystem::path relative = std::filesystem::path(text).lexically_normal();
    const auto first = relative.begin();
    if (relative.is_absolute() || first == relative.end()) return {};
    if (*first != "uploads" && *first != "outputs") return {};
    // Hidden files are not finished.
    for (const auto& segment : relative) {
        if (segment.string().starts_with('.')) return {};
    }
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(root_ / relative, error);
    if (error || !inside(real, root_ / *first)) return {};
    if (!std::filesystem::is_regular_file(real, error)) return {Found::Outcome::missing, {}};
    return {Found::Outcome::found, real};
}

Response DataFolder::serve(const Request& request) const {
    const Found found = resolve(request.path);
    const std::string_view type = type_of(found.path);
    if (found.outcome != Found::Outcome::found || type.empty()) {
        throw Refusal{refusal(404, Sentence::not_found, request)};
    }
    // The path is canonical: a link that took the file's place since then is not followed.
    const int descriptor = open(found.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat info {};
    if (descriptor < 0) throw Refusal{refusal(404, Sentence::not_found, request)};
    const auto file = std::make_shared<OpenFile>(descriptor);
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        throw Refusal{refusal(404, Sentence::not_found, request)};
    }
    const std::string etag = etag_of(info);
    const std::string& known = request.header("if-none-match");
    if (!known.empty() && matches(known, etag)) return {304, {{"ETag", etag}}};
    Response response = part_of(request, file, info, etag);
    if (response.status != 416) response.headers.emplace_back("Content-Type", type);
    return response;
}

ByteRange parse_range(std::string_view header, std::int64_t size) {
    if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) return {};
    header.remove_prefix(6);
    const std::size_t dash = header.find('-');
    if (dash == std::string_view::npos) return {};
    const auto first = number(header.substr(0, dash));
    const auto last = number(header.substr(dash + 1));
    const bool open_end = header.substr(dash + 1).empty();
    if (dash == 0) {
        // The last bytes of the file.
        if (!last) return {};
        if (*last == 0 || size == 0) return {ByteRange::Outcome::unsatisfiable};
        return {ByteRange::Outcome::satisfiable, std::max<std::int64_t>(0, size - *last), size - 1};
    }
    if (!first || (!last && !open_end) || (last && *last < *first)) return {};
    if (*first >= size) return {ByteRange::Outcome::unsatisfiable};
    return {ByteRange::Outcome::satisfiable, *first, last ? std::min(*last, size - 1) : size - 1};
}

std::string picture_ending(const std::filesystem::path& path) {
    std::array<char, 12> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
    const std::string_view bytes(start.data(), start.size());
    if (bytes.starts_with("\xff\xd8\xff")) return ".jpg";
    if (bytes.starts_with("\x89PNG")) return ".png";
    if (bytes.starts_with("RIFF") && bytes.substr(8) == "WEBP") return ".webp";
    return {};
}

bool is_id(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

}  // namespace ditto::server
