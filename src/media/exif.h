#pragma once

#include <cstddef>
#include <span>

#include "core/image.h"

namespace ditto::media {

/// The orientation (1 to 8) that an EXIF block asks for; 1 where it says nothing usable. `exif` may
/// start with "Exif\0\0" as in JPEG or with the TIFF header as in PNG and WebP.
/// Source: CIPA DC-008 (Exif 2.32), 4.6.4 tag 274; TIFF 6.0, section 2. Only the first directory is
/// read: camera makers' own blocks, where readers go wrong, are never touched.
int exif_orientation(std::span<const std::byte> exif);

/// The picture turned upright from the given orientation.
Image upright(Image image, int orientation);

}  // namespace ditto::media
