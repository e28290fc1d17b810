#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace ditto::media {

/// One piece of a longer video.
struct JoinPart {
    /// From VideoWriter, all with the same options and the same size of the photo; its own sound
    /// is left out.
    std::filesystem::path pictures;
    /// Heard from the first picture on; cut where the pictures end, silence where it ends earlier.
    std::optional<std::filesystem::path> voice;
    /// Of its chapter.
    std::string title;
};

/// A text that appears with a video.
struct TextFile {
    std::filesystem::path path;
    std::string content;
};

/// How long each part is, in seconds: its pictures counted, not what the file says of itself.
/// Throws Error: video_unreadable for one that is damaged or does not fit the first, cancelled.
std::vector<double> part_lengths(std::span<const JoinPart> parts, const std::stop_token& stop);

/// Writes the parts one after another into an MP4 with a chapter each. The pictures are copied as
/// they are; the voices become one AAC track of the best rate and channels among them, each at the
/// very sample where its pictures begin. Without any voice the video is silent. All files take
/// their names together, the texts first, when the video is complete; after an error none has.
/// Throws Error: output_folder, output_full, output_write, output_encoder, video_unreadable,
/// errors of kind audio, cancelled.
void join_videos(std::span<const JoinPart> parts, const std::filesystem::path& output,
                 std::span<const TextFile> texts, const std::stop_token& stop);

}  // namespace ditto::media
