#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/image.h"

namespace ditto::media {

/// What a photo may cost and how it is prepared.
struct PhotoLimits {
    std::int64_t max_pixels = 64'000'000;
    std::int64_t max_bytes = 40'000'000;
    /// Larger photos are scaled down so that this is their larger side.
    int largest_side = 1920;
    /// What shows through transparent pixels: a light neutral grey, like a studio's backdrop.
    std::array<std::uint8_t, 3> backdrop{238, 238, 238};
};

/// A photo, upright and at most PhotoLimits::largest_side wide and high.
struct LoadedImage {
    Image image;
    /// Size before scaling, upright too.
    int original_width = 0;
    int original_height = 0;

    bool scaled() const { return image.width() != original_width; }
};

/// Reads a JPEG (also grey, CMYK, YCCK, progressive), PNG (1 to 16 bit, grey, palette, alpha) or
/// WebP, told apart by content. EXIF orientation is applied; alpha is laid over the backdrop;
/// reducing averages areas. Decoders write nothing to the terminal.
/// Throws Error: photo_missing, photo_unreadable, photo_format, photo_corrupt (also truncated and
/// empty), photo_animated, photo_too_large (bytes or pixels, told before anything is decoded).
LoadedImage load_photo(const std::filesystem::path& path, const PhotoLimits& limits = {});
LoadedImage decode_photo(std::span<const std::byte> file, const PhotoLimits& limits = {});

/// For tools and previews. Throw Error: output_folder, output_full, output_write.
void save_png(const Image& image, const std::filesystem::path& path);
/// `quality` 1 to 100.
void save_jpeg(const Image& image, const std::filesystem::path& path, int quality = 92);

}  // namespace ditto::media
