#pragma once

#include <filesystem>
#include <span>

namespace ditto::judge {

/// Whether a player can begin before it has the whole file: an MP4 whose index (moov) stands before
/// its media (mdat). False for other files and damaged ones.
bool is_faststart(const std::filesystem::path& path);

/// Largest distance of a frame's time from where it would be at a constant rate.
double frame_time_error_s(std::span<const double> times_s, double fps);

}  // namespace ditto::judge
