#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "files.h"

namespace ditto::cli {

/// The demo portrait.
std::filesystem::path portrait();

/// Writes the beginning of the demo voice, repeated where it is too short, as WAV.
void write_voice(const std::filesystem::path& path, double duration_s);

/// The arguments of a run that works.
std::vector<std::string> generate_arguments(const std::filesystem::path& photo,
                                            const std::filesystem::path& audio,
                                            const std::filesystem::path& output,
                                            const std::vector<std::string>& more = {});

}  // namespace ditto::cli
