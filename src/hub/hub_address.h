#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "checkpoints/manifest.h"

namespace ditto::hub {

/// Which server the official files come from, and as whom.
struct HubSettings {
    std::string endpoint = "https://huggingface.co";
    /// Used instead of the endpoint where it is set: a server laid out as the hub is, or an
    /// address with "{name}" in it. Never sees the token.
    std::string mirror = {};
    std::string token = {};
    /// Instead of the manifest's pinned revision; the manifest's hashes then do not hold.
    std::string revision = {};
};

using EnvironmentReader = std::function<std::string(const char*)>;

/// HF_ENDPOINT and HF_TOKEN.
HubSettings hub_settings_from(const EnvironmentReader& environment);
/// The same from this process's environment.
HubSettings hub_settings_from_environment();

/// The revision that is asked for.
std::string revision_of(const checkpoints::ModelFile& file, const HubSettings& settings);
/// Where a file of the hub lies. Throws Error{internal} where it comes from elsewhere.
std::string url_of(const checkpoints::ModelFile& file, const HubSettings& settings);

/// The manifest's entry as far as it holds for these settings: another revision has other sizes
/// and hashes.
checkpoints::ModelFile as_asked(const checkpoints::ModelFile& file, const HubSettings& settings);

/// Lines for a machine without network: every file's size, hash and address, as a shell script
/// that curl can run elsewhere.
std::string url_list(std::span<const checkpoints::ModelFile> files, const HubSettings& settings);

}  // namespace ditto::hub
