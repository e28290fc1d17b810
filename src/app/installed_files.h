#pragma once

#include <filesystem>
#include <string>

namespace ditto {

/// The folder of the running program, symbolic links resolved.
std::filesystem::path program_folder();

/// Where the face models are: DITTO_MODELS, or `models` beside the program (a build), or
/// ../share/ditto-avatar/models (an installation). Throws Error{model_missing}.
std::filesystem::path find_models_folder();

/// The folder `name` beside the program, or in ../share/ditto-avatar; the former where neither
/// exists.
std::filesystem::path find_shared_folder(const std::string& name);

}  // namespace ditto
