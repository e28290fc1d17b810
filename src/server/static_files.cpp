#include "server/static_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>

namespace ditto::server {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> types{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".mp4", "video/mp4"},
    {".wav", "audio/wav"},
    {".mp3", "audio/mpeg"},
}};

std::string_view type_of(std::string_view name) {
    const auto point = name.rfind('.');
    if (point == std::string_view::npos) return {};
    for (const auto& [ending, type] : types) {
        if (name.substr(point) == ending) return type;
    }
    return {};
}

/// No empty, hidden or upward segment.
bool is_plain(std::string_view name) {
    if (name.empty()) return false;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        if (end == begin || name[begin] == '.') return false;
        begin = end + 1;
    }
    return name.find('\\') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

struct Opened {
    std::shared_ptr<OpenFile> file;
    struct stat info {};
};

std::optional<Opened> open_file(const std::filesystem::path& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return std::nullopt;
    Opened opened;
    opened.file = std::make_shared<OpenFile>(descriptor);
    const bool regular = fstat(descriptor, &opened.info) == 0 && S_ISREG(opened.info.st_mode);
    return regular ? std::optional(std::move(opened)) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool is_zero_weight(std::string_view parameter) {
    parameter = trimmed(parameter);
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
    double weight = 1;
    const auto [end, error] =
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    static_cast<void>(end);
    return error == std::errc{} && weight <= 0;
}

}  // namespace

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
    while (!accept_encoding.empty()) {
        const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
        accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
        const auto semicolon = item.find(';');
        if (trimmed(item.substr(0, semicolon)) != coding) continue;
        return semicolon == std::string_view::npos || !is_zero_weight(item.substr(semicolon + 1));
    }
    return false;
}

bool is_hashed_name(std::string_view name) {
    const auto slash = name.rfind('/');
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    const auto point = name.rfind('.');
    if (point == std::string_view::npos || point < 9) return false;
    const std::string_view hash = name.substr(point - 8, 8);
    const bool letters = std::all_of(hash.begin(), hash.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_';
    });
    const bool random = std::any_of(hash.begin(), hash.end(), [](unsigned char c) {
        return std::isdigit(c) != 0 || std::isupper(c) != 0;
    });
    return letters && random && name[point - 9] == '-';
}

std::optional<Response> StaticFiles::serve(const Request& request, std::string_view name) const {
    const std::string_view type = type_of(name);
    if (folder_.empty() || type.empty() || !is_plain(name)) return std::nullopt;
    const std::string path = (folder_ / name).string();
    auto opened = open_file(path);
    if (!opened) return std::nullopt;
    std::string coding;
    for (const auto& [known, ending] : {std::pair("br", ".br"), std::pair("gzip", ".gz")}) {
        if (!accepts_coding(request.header("accept-encoding"), known)) continue;
        auto packed = open_file(path + ending);
        if (!packed || packed->info.st_mtim.tv_sec < opened->info.st_mtim.tv_sec) continue;
        opened = std::move(packed);
        coding = known;
        break;
    }
    const std::string etag = "\"" + std::to_string(opened->info.st_mtim.tv_sec) + "-" +
                             std::to_string(opened->info.st_mtim.tv_nsec) + "-" +
                             std::to_string(opened->info.st_size) + coding + "\"";
    Response response;
    const bool immutable = name.starts_with("assets/") && is_hashed_name(name);
    response.headers = {
        {"Content-Type", std::string(type)},
        {"ETag", etag},
        {"Vary", "Accept-Encoding"},
        {"Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache"},
        {"Content-Security-Policy", std::string(page_policy)}};
    if (request.header("if-none-match").find(etag) != std::string::npos) {
        response.status = 304;
        return response;
    }
    if (!coding.empty()) response.headers.emplace_back("Content-Encoding", coding);
    response.file = FilePart{opened->file, 0, opened->info.st_size};
    return response;
}

}  // namespace ditto::server
