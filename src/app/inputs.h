#pragma once

#include <filesystem>
#include <span>
#include <stop_token>

#include "base/progress.h"
#include "core/image.h"

// What requests for videos do before their work.
namespace ditto {

/// At which engines hear.
inline constexpr double voice_rate_hz = 16000;

/// Throws Error{cancelled}.
void throw_if_stopped(const std::stop_token& stop);

/// Throws Error: output_name unless `output` ends in .mp4, output_is_input where it is one of the
/// `inputs`, output_folder.
void check_video_name(const std::filesystem::path& output,
                      std::span<const std::filesystem::path> inputs);

/// At most `max_size` pixels on the larger side (0: media::PhotoLimits); tells where it was scaled.
Image load_face_photo(const std::filesystem::path& path, int max_size, Progress& progress);

}  // namespace ditto
