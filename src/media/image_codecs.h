#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/image.h"
#include "media/image_file.h"

// Inside the room only: one decoder a format.
namespace ditto::media {

using Bytes = std::span<const std::byte>;

/// A picture as its codec gives it: not yet upright, maybe already reduced, never below the size
/// that it is to be scaled to.
struct DecodedImage {
    Image image;
    /// As stored in the file.
    int width = 0;
    int height = 0;
    int orientation = 1;
};

bool is_jpeg(Bytes file);
bool is_png(Bytes file);
bool is_webp(Bytes file);

/// Throw Error: photo_corrupt, photo_format, photo_animated, photo_too_large.
DecodedImage decode_jpeg(Bytes file, const PhotoLimits& limits);
DecodedImage decode_png(Bytes file, const PhotoLimits& limits);
DecodedImage decode_webp(Bytes file, const PhotoLimits& limits);

struct ImageSize {
    int width = 0;
    int height = 0;
};

/// The size to which a photo is scaled.
ImageSize fitted(ImageSize size, int largest_side);

/// Throws Error{photo_corrupt} for an empty size, Error{photo_too_large}.
void check_size(std::int64_t width, std::int64_t height, const PhotoLimits& limits);

inline const std::uint8_t* as_chars(Bytes bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

inline bool starts_with(Bytes bytes, std::string_view text) {
    return bytes.size() >= text.size() &&
           std::string_view(reinterpret_cast<const char*>(bytes.data()), text.size()) == text;
}

/// Throws Error{photo_corrupt}.
[[noreturn]] void refuse_corrupt(std::string detail);

/// Throws Error: output_folder, output_full, output_write.
void write_file(const std::filesystem::path& path, Bytes content);

}  // namespace ditto::media
