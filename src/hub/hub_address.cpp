#include "hub/hub_address.h"

#include <cctype>

#include "base/environment.h"
#include "base/error.h"

namespace ditto::hub {
namespace {

std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 ||
            std::string_view("-._~/").find(c) != std::string_view::npos) {
            result += c;
        } else {
            result += '%';
            result += digits[byte >> 4];
            result += digits[byte & 15];
        }
    }
    return result;
}

std::string without_slash(std::string text) {
    while (text.ends_with('/'))
        text.pop_back();
    return text;
}

checkpoints::HubSource source_of(const checkpoints::ModelFile& file) {
    const auto source = checkpoints::hub_source(file.source);
    if (!source) throw Error(ErrorCode::internal, {}, file.name + " does not come from the hub");
    return *source;
}

}  // namespace

HubSettings hub_settings_from(const EnvironmentReader& environment) {
    HubSettings settings;
    const std::string endpoint = without_slash(environment("HF_ENDPOINT"));
    if (!endpoint.empty()) settings.endpoint = endpoint;
    settings.token = environment("HF_TOKEN");
    while (!settings.token.empty() && settings.token.back() <= ' ')
        settings.token.pop_back();
    return settings;
}

HubSettings hub_settings_from_environment() {
    return hub_settings_from(from_environment);
}

std::string revision_of(const checkpoints::ModelFile& file, const HubSettings& settings) {
    return settings.revision.empty() ? source_of(file).revision : settings.revision;
}

std::string url_of(const checkpoints::ModelFile& file, const HubSettings& settings) {
    constexpr std::string_view place = "{name}";
    const std::string name = escaped(file.name);
    if (const auto at = settings.mirror.find(place); at != std::string::npos) {
        return std::string(settings.mirror).replace(at, place.size(), name);
    }
    const std::string server =
        without_slash(settings.mirror.empty() ? settings.endpoint : settings.mirror);
    return server + "/" + source_of(file).repository + "/resolve/" +
           escaped(revision_of(file, settings)) + "/" + name;
}

checkpoints::ModelFile as_asked(const checkpoints::ModelFile& file, const HubSettings& settings) {
    checkpoints::ModelFile result = file;
    if (settings.revision.empty() || settings.revision == source_of(file).revision) return result;
    result.bytes_about = file.expected_bytes();
    result.bytes.reset();
    result.sha256.clear();
    return result;
}

std::string url_list(std::span<const checkpoints::ModelFile> files, const HubSettings& settings) {
    std::string result = "#!/bin/sh\nset -e\n";
    for (const auto& listed : files) {
        const auto file = as_asked(listed, settings);
        result += "# " + file.name + "  " + (file.bytes ? "" : "~") +
                  std::to_string(file.expected_bytes()) + " bytes  sha256 " +
                  (file.sha256.empty() ? "unknown" : file.sha256) + "  " + file.licence + "\n";
        result +=
            "curl -fL -C - --create-dirs -o '" + file.name + "' '" + url_of(file, settings) + "'\n";
    }
    return result;
}

}  // namespace ditto::hub
