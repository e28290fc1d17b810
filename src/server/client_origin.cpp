#include "server/client_origin.h"

#include <algorithm>
#include <cctype>

#include <arpa/inet.h>

namespace ditto::server {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

bool is_address(const std::string& text) {
    in6_addr ignored{};
    return inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
           inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

bool is_host_letter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_');
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view last_item(std::string_view list) {
    const auto comma = list.rfind(',');
    return trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

}  // namespace

Forwarded read_forwarded(const Request& request) {
    Forwarded result;
    const std::string address(last_item(request.header("x-forwarded-for")));
    if (is_address(address)) result.address = address;
    result.https = lower(last_item(request.header("x-forwarded-proto"))) == "https";
    return result;
}

std::string host_name(std::string_view host_header) {
    std::string_view name = host_header;
    std::string_view rest;
    if (name.starts_with('[')) {
        const auto end = name.find(']');
        if (end == std::string_view::npos) return {};
        rest = name.substr(end + 1);
        name = name.substr(1, end - 1);
        if (!is_address(std::string(name))) return {};
    } else {
        const auto colon = name.find(':');
        if (colon != std::string_view::npos) {
            rest = name.substr(colon);
            name = name.substr(0, colon);
        }
        if (name.empty() || !std::all_of(name.begin(), name.end(), is_host_letter)) return {};
    }
    if (!rest.empty() && (rest[0] != ':' || !is_port(rest.substr(1)))) return {};
    return lower(name);
}

std::optional<std::string> normalized_origin(std::string_view text) {
    std::string origin = lower(text);
    std::string_view rest = origin;
    for (const auto& [scheme, port] :
         {std::pair("http://", ":80"), std::pair("https://", ":443")}) {
        if (!rest.starts_with(scheme)) continue;
        if (host_name(rest.substr(std::string_view(scheme).size())).empty()) return std::nullopt;
        if (origin.ends_with(port)) origin.resize(origin.size() - std::string_view(port).size());
        return origin;
    }
    return std::nullopt;
}

bool is_foreign(const Request& request, const std::vector<std::string>& allowed) {
    const std::string& text = request.header("origin");
    if (text.empty()) {
        // Browsers that hide the origin still say this.
        return request.header("sec-fetch-site") == "cross-site";
    }
    const auto origin = normalized_origin(text);
    if (!origin) return true;
    if (std::find(allowed.begin(), allowed.end(), *origin) != allowed.end()) return false;
    // Behind a proxy the scheme may be either; no page can speak for the same host and port.
    const std::string& host = request.header("host");
    return origin != normalized_origin("http://" + host) &&
           origin != normalized_origin("https://" + host);
}

bool is_loopback_name(std::string_view host_name) {
    return host_name == "localhost" || host_name.ends_with(".localhost") || host_name == "::1" ||
           (host_name.starts_with("127.") && is_address(std::string(host_name)));
}

}  // namespace ditto::server
