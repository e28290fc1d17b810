#pragma once

#include <filesystem>
#include <string>

#include "base/messages.h"

namespace ditto::server {

/// What a page needs to offer every setting: controls with ranges and sentences, the emotions'
/// names, the engines and why one cannot run, and presets; as JSON.
std::string options_json(const std::filesystem::path& checkpoints, Language language);

}  // namespace ditto::server
