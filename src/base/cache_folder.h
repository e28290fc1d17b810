#pragma once

#include <filesystem>

namespace ditto {

/// Where files lie that are made again when they are gone: DITTO_CACHE, or ditto-avatar in
/// XDG_CACHE_HOME, or in ~/.cache. May not exist yet. Empty where the environment names none of
/// these, as a service's may: then nothing is kept.
std::filesystem::path cache_folder();

}  // namespace ditto
