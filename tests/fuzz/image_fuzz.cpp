// Any bytes as a photo: it is decoded or refused with an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/error.h"
#include "media/image_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ditto;
    const media::PhotoLimits limits{
        .max_pixels = 1'000'000, .max_bytes = 1'000'000, .largest_side = 200};
    try {
        const auto loaded = media::decode_photo(std::as_bytes(std::span(data, size)), limits);
        const Image& image = loaded.image;
        if (image.empty() || image.width() > 200 || image.height() > 200) std::abort();
    } catch (const Error&) {
        // Refused, as most are.
    }
    return 0;
}
