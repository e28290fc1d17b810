// PNG by libpng. A walk over the chunks comes first: it tells animations, orientation and whether
// the end is there. Source of the format: W3C PNG, third edition.
#include <cstring>
#include <string_view>
#include <vector>

#include <png.h>

#include "base/error.h"
#include "media/exif.h"
#include "media/image_codecs.h"

namespace ditto::media {
namespace {

constexpr std::string_view signature{"\x89PNG\r\n\x1A\n", 8};

struct PngParts {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t animation_frames = 0;
    int orientation = 1;
    bool complete = false;
};

std::uint32_t number(Bytes file, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
    }
    return value;
}

PngParts walk_chunks(Bytes file) {
    PngParts parts;
    Bytes rest = file.subspan(signature.size());
    while (!parts.complete && rest.size() >= 12) {
        const std::uint32_t length = number(rest, 0);
        if (length > rest.size() - 12) break;
        const Bytes type = rest.subspan(4, 4);
        const Bytes body = rest.subspan(8, length);
        if (starts_with(type, "IHDR") && length >= 8) {
            parts.width = number(body, 0);
            parts.height = number(body, 4);
        } else if (starts_with(type, "acTL") && length >= 4) {
            parts.animation_frames = number(body, 0);
        } else if (starts_with(type, "eXIf")) {
            parts.orientation = exif_orientation(body);
        } else if (starts_with(type, "IEND")) {
            parts.complete = true;
        }
        rest = rest.subspan(12 + static_cast<std::size_t>(length));
    }
    return parts;
}

/// Frees what libpng holds, also when reading stops half-way.
struct PngReader {
    png_image state;

    PngReader() {
        std::memset(&state, 0, sizeof state);
        state.version = PNG_IMAGE_VERSION;
    }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;
    ~PngReader() { png_image_free(&state); }
};

bool failed(const png_image& state) {
    return (state.warning_or_error & 2U) != 0;
}

}  // namespace

bool is_png(Bytes file) {
    return starts_with(file, signature);
}

DecodedImage decode_png(Bytes file, const PhotoLimits& limits) {
    const PngParts parts = walk_chunks(file);
    if (parts.animation_frames > 1) throw Error(ErrorCode::photo_animated);
    if (parts.width > 0) check_size(parts.width, parts.height, limits);
    if (!parts.complete) refuse_corrupt("the end is missing");

    PngReader reader;
    if (png_image_begin_read_from_memory(&reader.state, file.data(), file.size()) == 0) {
        refuse_corrupt(reader.state.message);
    }
    check_size(reader.state.width, reader.state.height, limits);
    reader.state.format = PNG_FORMAT_RGB;
    // Without it libpng takes 16-bit pictures that do not say otherwise for linear light.
    reader.state.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    const int width = static_cast<int>(reader.state.width);
    const int height = static_cast<int>(reader.state.height);
    DecodedImage result{Image(width, height), width, height, parts.orientation};
    const png_color backdrop{limits.backdrop[0], limits.backdrop[1], limits.backdrop[2]};
    if (png_image_finish_read(&reader.state, &backdrop, result.image.row(0), result.image.stride(),
                              nullptr) == 0 ||
        failed(reader.state)) {
        refuse_corrupt(reader.state.message);
    }
    return result;
}

void save_png(const Image& image, const std::filesystem::path& path) {
    png_image state;
    std::memset(&state, 0, sizeof state);
    state.version = PNG_IMAGE_VERSION;
    state.width = static_cast<png_uint_32>(image.width());
    state.height = static_cast<png_uint_32>(image.height());
    state.format = PNG_FORMAT_RGB;
    std::vector<std::byte> content(PNG_IMAGE_PNG_SIZE_MAX(state));
    png_alloc_size_t size = content.size();
    if (png_image_write_to_memory(&state, content.data(), &size, 0, image.row(0), image.stride(),
                                  nullptr) == 0) {
        throw Error(ErrorCode::internal, {}, state.message);
    }
    write_file(path, std::span(content).first(size));
}

}  // namespace ditto::media
