#pragma once

#include <filesystem>

namespace ditto {

/// Where this program keeps what it can make again: $XDG_CACHE_HOME/ditto-avatar, or
/// ~/.cache/ditto-avatar. May not exist yet. Empty where the environment names neither folder, as a
/// service's may: then nothing is kept.
std::filesystem::path cache_folder();

}  // namespace ditto
