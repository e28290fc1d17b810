#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "core/image.h"
#include "judge/face_track.h"
#include "judge/phones.h"

namespace ditto::judge {

/// One picture to look at a whole video with: twelve frames that are evenly spaced, then the mouth
/// where p b m should close it (or, without phones, where it is most closed), then the mouth where
/// vowels should open it (or where it is widest open). A green frame marks closed lips, a red one
/// open lips that should be closed. Decodes the video once more.
/// Throws Error{video_unreadable}.
Image contact_sheet(const std::filesystem::path& video, const FaceTrack& track,
                    const std::vector<Phone>& phones, double contact_gap);

}  // namespace ditto::judge
