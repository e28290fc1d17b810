#pragma once

#include <cstdint>

#include "core/image.h"
#include "files.h"

// Picture files in all kinds, made with the codecs themselves.
namespace ditto::media {

/// Smooth colours, different in every corner.
Image colours(int width, int height);

/// Mean absolute difference of two pictures of the same size.
double difference(const Image& a, const Image& b);

struct JpegOptions {
    int orientation = 0;  // adds an EXIF block unless 0
    bool grey = false;
    bool cmyk = false;
    bool progressive = false;
};
FileContent jpeg_of(const Image& image, const JpegOptions& options = {});

/// RGBA, 8 bit; alpha runs from 0 at the left to 255 at the right edge.
FileContent png_with_alpha(const Image& image);
/// Grey, 16 bit: `image`'s red times 257.
FileContent png_grey16(const Image& image);
FileContent png_of(const Image& image);
/// `png` with one more chunk after its header.
FileContent with_chunk(const FileContent& png, const char* type, const FileContent& body);
/// An EXIF block's TIFF part, big-endian.
FileContent tiff_orientation(int orientation);

FileContent webp_of(const Image& image);
FileContent webp_with_alpha(const Image& image);
FileContent webp_animated(const Image& image);

}  // namespace ditto::media
