#pragma once

#include <string>

namespace ditto::media {

/// FFmpeg's release and the versions of its libraries here, e.g.
/// "5.1.9 (libavformat 59.27.100, libavcodec 59.37.100)". Throws Error{library_missing}.
std::string ffmpeg_version();

}  // namespace ditto::media
