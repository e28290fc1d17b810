#pragma once

#include <filesystem>
#include <string>

namespace ditto {

/// The folder of the running program, symbolic links resolved.
std::filesystem::path program_folder();

/// Where the face models are: DITTO_MODELS, or `models` beside the program (a build), or
/// ../share/ditto-avatar/models (an installation). Throws Error{model_missing}.
std::filesystem::path find_models_folder();

/// Where files lie that are made again when they are gone: DITTO_CACHE, or ditto-avatar in
/// XDG_CACHE_HOME, or in ~/.cache. Empty where none of these is known. May not exist.
std::filesystem::path cache_folder();

/// The folder `name` beside the program, or in ../share/ditto-avatar; the former where neither
/// exists.
std::filesystem::path find_shared_folder(const std::string& name);

}  // namespace ditto
