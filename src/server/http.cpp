#include "server/http.h"

#include <charconv>

#include <unistd.h>

namespace ditto::server {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

double weight_of(std::string_view parameters) {
    const auto equals = parameters.find("q=");
    if (equals == std::string_view::npos) return 1;
    const std::string_view number = parameters.substr(equals + 2);
    double weight = 0;
    std::from_chars(number.data(), number.data() + number.size(), weight);
    return weight;
}

}  // namespace

const std::string& Request::header(const std::string& name) const {
    static const std::string none;
    const auto found = headers.find(name);
    return found != headers.end() ? found->second : none;
}

Language Request::language() const {
    return preferred_language(header("accept-language"));
}

OpenFile::~OpenFile() {
    close(descriptor_);
}

std::string_view status_text(int status) {
    static const std::map<int, std::string_view> texts{{200, "OK"},
                                                       {202, "Accepted"},
                                                       {204, "No Content"},
                                                       {206, "Partial Content"},
                                                       {307, "Temporary Redirect"},
                                                       {304, "Not Modified"},
                                                       {400, "Bad Request"},
                                                       {401, "Unauthorized"},
                                                       {403, "Forbidden"},
                                                       {404, "Not Found"},
                                                       {405, "Method Not Allowed"},
                                                       {408, "Request Timeout"},
                                                       {409, "Conflict"},
                                                       {413, "Payload Too Large"},
                                                       {416, "Range Not Satisfiable"},
                                                       {421, "Misdirected Request"},
                                                       {422, "Unprocessable Entity"},
                                                       {429, "Too Many Requests"},
                                                       {431, "Request Header Fields Too Large"},
                                                       {500, "Internal Server Error"},
                                                       {501, "Not Implemented"},
                                                       {502, "Bad Gateway"},
                                                       {503, "Service Unavailable"},
                                                       {505, "HTTP Version Not Supported"},
                                                       {507, "Insufficient Storage"}};
    const auto found = texts.find(status);
    return found != texts.end() ? found->second : "Unknown";
}

Language preferred_language(std::string_view accept_language) {
    Language best = Language::traditional_chinese;
    double best_weight = 0;
    while (!accept_language.empty()) {
        const auto comma = accept_language.find(',');
        const std::string_view item = accept_language.substr(0, comma);
        accept_language.remove_prefix(comma == std::string_view::npos ? accept_language.size()
                                                                      : comma + 1);
        const auto semicolon = item.find(';');
        const std::string_view tag = trimmed(item.substr(0, semicolon));
        const double weight =
            semicolon == std::string_view::npos ? 1 : weight_of(item.substr(semicolon + 1));
        const bool english = tag.starts_with("en") || tag.starts_with("EN");
        const bool known = english || language_from_tag(tag) == Language::traditional_chinese;
        if (!known || weight <= best_weight) continue;
        best = english ? Language::english : Language::traditional_chinese;
        best_weight = weight;
    }
    return best;
}

}  // namespace ditto::server
