#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace ditto::cli {

/// Judges a finished video beside its photo, as JSON, for jobs::RunnerSettings::judge. The models
/// load at the first video.
std::function<std::string(const std::filesystem::path& video, const std::filesystem::path& photo,
                          const std::stop_token& stop)>
finished_judge();

}  // namespace ditto::cli
