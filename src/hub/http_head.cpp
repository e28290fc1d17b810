#include "hub/http_head.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

#include "hub/curl_functions.h"

namespace ditto::hub {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return result;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value < 0) return {};
    return value;
}

struct UrlDeleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

std::string part_of(const Url& url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
    std::string result(text);
    curl_free(text);
    return result;
}

}  // namespace

void HttpHead::add_line(std::string_view line) {
    line = trim(line);
    if (line.starts_with("HTTP/")) {
        HttpHead next;
        next.linked_etag = std::move(linked_etag);
        next.linked_size = linked_size;
        next.commit = std::move(commit);
        const auto space = line.find(' ');
        if (space != line.npos) next.status = number(line.substr(space + 1, 3)).value_or(0);
        *this = std::move(next);
        return;
    }
    const auto colon = line.find(':');
    if (colon == line.npos) return;
    const std::string name = lower(line.substr(0, colon));
    const std::string value(trim(line.substr(colon + 1)));
    if (name == "content-length") content_length = number(value);
    if (name == "content-range") content_range = parse_content_range(value);
    if (name == "etag") etag = value;
    if (name == "location") location = value;
    if (name == "retry-after") retry_after = value;
    if (name == "content-encoding") content_encoding = lower(value);
    // The first answer that says it wins: hosts that are redirected to have no say.
    if (name == "x-linked-etag" && linked_etag.empty()) linked_etag = value;
    if (name == "x-linked-size" && !linked_size) linked_size = number(value);
    if (name == "x-repo-commit" && commit.empty()) commit = value;
    if (name == "x-error-message") error_message = value.substr(0, 200);
}

bool HttpHead::is_redirect() const {
    return !location.empty() &&
           (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

std::string bare_etag(std::string_view etag) {
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
        etag = etag.substr(1, etag.size() - 2);
    }
    return std::string(etag);
}

bool is_strong_etag(std::string_view etag) {
    return etag.size() > 2 && etag.front() == '"' && etag.back() == '"';
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
    if (lower(value.substr(0, 6)) != "bytes ") return {};
    value = trim(value.substr(6));
    const auto dash = value.find('-');
    const auto slash = value.find('/');
    if (dash == value.npos || slash == value.npos || dash > slash) return {};
    const auto first = number(value.substr(0, dash));
    const auto last = number(value.substr(dash + 1, slash - dash - 1));
    if (!first || !last || *last < *first) return {};
    return ContentRange{*first, *last, number(value.substr(slash + 1))};
}

std::optional<std::chrono::seconds> parse_retry_after(const std::string& value,
                                                      std::chrono::system_clock::time_point now) {
    if (const auto seconds = number(value)) {
        return std::chrono::seconds(std::min<std::int64_t>(*seconds, 86400));
    }
    const auto date = curl_getdate(value.c_str(), nullptr);
    if (value.empty() || date < 0) return {};
    const auto wait =
        std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::from_time_t(date) - now);
    return std::max(wait, std::chrono::seconds(0));
}

std::string resolve_url(const std::string& base, const std::string& location) {
    const Url url(curl_url());
    if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) return {};
    if (curl_url_set(url.get(), CURLUPART_URL, location.c_str(), CURLU_URLENCODE) != CURLUE_OK) {
        return {};
    }
    // Names and passwords in an address are somebody's trick.
    curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
    return part_of(url, CURLUPART_URL);
}

std::string origin_of(const std::string& url) {
    const Url parsed(curl_url());
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
    const std::string scheme = lower(part_of(parsed, CURLUPART_SCHEME));
    if (scheme != "http" && scheme != "https") return {};
    return scheme + "://" + lower(part_of(parsed, CURLUPART_HOST)) + ":" +
           part_of(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

bool is_private_channel(const std::string& url) {
    const std::string origin = origin_of(url);
    return origin.starts_with("https://") || origin.starts_with("http://127.0.0.1:") ||
           origin.starts_with("http://localhost:") || origin.starts_with("http://[::1]:");
}

}  // namespace ditto::hub
