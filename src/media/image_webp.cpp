// WebP by libwebp, which also reduces (area averaging) while it decodes.
// Source of the container: RFC 9649.
#include <algorithm>
#include <string>
#include <vector>

#include <webp/decode.h>

#include "base/error.h"
#include "media/exif.h"
#include "media/image_codecs.h"

namespace ditto::media {
namespace {

std::size_t little_endian(Bytes bytes, std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 4; i-- > 0;)
        value = value << 8 | std::to_integer<std::size_t>(bytes[at + i]);
    return value;
}

int orientation_of(Bytes file) {
    Bytes rest = file.subspan(12);
    while (rest.size() >= 8) {
        const std::size_t length = little_endian(rest, 4);
        if (length > rest.size() - 8) break;
        if (starts_with(rest, "EXIF")) return exif_orientation(rest.subspan(8, length));
        rest = rest.subspan(std::min(rest.size(), 8 + length + length % 2));
    }
    return 1;
}

/// The decoder leaves out what a chunk after the picture has lost; a cut file is refused all the
/// same.
bool complete(Bytes file) {
    return little_endian(file, 4) <= file.size() - 8;
}

void check(VP8StatusCode status) {
    if (status == VP8_STATUS_OK) return;
    if (status == VP8_STATUS_OUT_OF_MEMORY) throw Error(ErrorCode::memory);
    refuse_corrupt("WebP status " + std::to_string(static_cast<int>(status)));
}

/// `premultiplied` RGBA over the backdrop.
void lay_over(const std::vector<std::uint8_t>& premultiplied, const PhotoLimits& limits,
              Image& image) {
    const std::uint8_t* from = premultiplied.data();
    for (int y = 0; y < image.height(); ++y) {
        std::uint8_t* to = image.row(y);
        for (int x = 0; x < image.width(); ++x, from += 4, to += 3) {
            for (std::size_t c = 0; c < 3; ++c) {
                const int behind = (limits.backdrop[c] * (255 - from[3]) + 127) / 255;
                to[c] = static_cast<std::uint8_t>(std::min(255, from[c] + behind));
            }
        }
    }
}

}  // namespace

bool is_webp(Bytes file) {
    return starts_with(file, "RIFF") && file.size() >= 12 && starts_with(file.subspan(8), "WEBP");
}

DecodedImage decode_webp(Bytes file, const PhotoLimits& limits) {
    WebPDecoderConfig config;
    if (WebPInitDecoderConfig(&config) == 0) throw Error(ErrorCode::internal);
    check(WebPGetFeatures(as_chars(file), file.size(), &config.input));
    if (config.input.has_animation != 0) throw Error(ErrorCode::photo_animated);
    check_size(config.input.width, config.input.height, limits);
    if (!complete(file)) refuse_corrupt("the end is missing");

    const ImageSize size = fitted({config.input.width, config.input.height}, limits.largest_side);
    config.options.use_scaling = size.width != config.input.width;
    config.options.scaled_width = size.width;
    config.options.scaled_height = size.height;
    DecodedImage result{Image(size.width, size.height), config.input.width, config.input.height,
                        orientation_of(file)};
    std::vector<std::uint8_t> with_alpha;
    const bool alpha = config.input.has_alpha != 0;
    const int stride = alpha ? size.width * 4 : result.image.stride();
    const std::size_t bytes =
        static_cast<std::size_t>(stride) * static_cast<std::size_t>(size.height);
    if (alpha) with_alpha.resize(bytes);
    config.output.colorspace = alpha ? MODE_rgbA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {alpha ? with_alpha.data() : result.image.row(0), stride, bytes};
    check(WebPDecode(as_chars(file), file.size(), &config));
    if (alpha) lay_over(with_alpha, limits, result.image);
    return result;
}

}  // namespace ditto::media
