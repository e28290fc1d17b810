// JPEG by libjpeg-turbo. A walk over the file's markers comes first: it gives size, orientation and
// whether the end is there before the decoder allocates anything.
// Source of the format: ITU-T T.81, annex B; Adobe's APP14 in Technical Note 5116, section 18.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <turbojpeg.h>

#include "base/error.h"
#include "media/exif.h"
#include "media/image_codecs.h"

namespace ditto::media {
namespace {

/// Real photos have about ten; each costs a pass over all pixels.
constexpr int max_scans = 100;

struct JpegParts {
    int width = 0;
    int height = 0;
    int components = 0;
    bool decodable = false;  // a process that the decoder knows, 8 bit
    bool adobe = false;
    bool complete = false;  // the end-of-image marker is there
    int scans = 0;
    int orientation = 1;
};

class MarkerWalk {
  public:
    explicit MarkerWalk(Bytes file) : file_(file) {}

    JpegParts run() {
        at_ = 2;
        while (!parts_.complete && to_next_marker()) {
            const unsigned marker = byte(at_++);
            if (marker == 0xD9) {
                parts_.complete = true;
            } else if (marker != 0x01 && (marker < 0xD0 || marker > 0xD8)) {
                if (!segment(marker)) break;
            }
        }
        return parts_;
    }

  private:
    unsigned byte(std::size_t at) const { return std::to_integer<unsigned>(file_[at]); }
    unsigned word(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }

    /// Moves onto the byte after the next 0xFF that is not stuffed into coded data.
    bool to_next_marker() {
        while (at_ + 1 < file_.size()) {
            const void* found = std::memchr(file_.data() + at_, 0xFF, file_.size() - at_ - 1);
            if (found == nullptr) return false;
            at_ = static_cast<std::size_t>(static_cast<const std::byte*>(found) - file_.data()) + 1;
            while (at_ < file_.size() && byte(at_) == 0xFF)
                ++at_;
            if (at_ < file_.size() && byte(at_) != 0) return true;
        }
        return false;
    }

    bool segment(unsigned marker) {
        if (file_.size() - at_ < 2 || word(at_) < 2 || file_.size() - at_ < word(at_)) return false;
        const Bytes body = file_.subspan(at_ + 2, word(at_) - 2U);
        at_ += 2;
        const bool frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame && parts_.components == 0) {
            start_of_frame(marker, body);
        } else if (marker == 0xDA) {
            ++parts_.scans;
        } else if (marker == 0xE1 && starts_with(body, {"Exif\0\0", 6})) {
            parts_.orientation = exif_orientation(body);
        } else if (marker == 0xEE && starts_with(body, "Adobe")) {
            parts_.adobe = true;
        }
        at_ += body.size();
        return true;
    }

    void start_of_frame(unsigned marker, Bytes body) {
        if (body.size() < 6) return;
        const bool known = marker <= 0xC2 || marker == 0xC9 || marker == 0xCA;
        parts_.decodable = known && byte(at_) == 8;
        parts_.height = static_cast<int>(word(at_ + 1));
        parts_.width = static_cast<int>(word(at_ + 3));
        parts_.components = static_cast<int>(byte(at_ + 5));
    }

    Bytes file_;
    std::size_t at_ = 0;
    JpegParts parts_;
};

/// The strongest reduction by 1/2, 1/4 or 1/8 that stays at or above the wanted size. It happens
/// in the DCT, so that the full picture is never in memory.
tjscalingfactor reduction(const JpegParts& parts, int largest_side) {
    const int largest = std::max(parts.width, parts.height);
    for (const int denominator : {8, 4, 2}) {
        if (largest / denominator >= largest_side) return {1, denominator};
    }
    return {1, 1};
}

/// Adobe's programs store ink inverted and say so by their marker.
void cmyk_to_rgb(const std::vector<std::uint8_t>& ink, bool inverted, Image& image) {
    const std::uint8_t* from = ink.data();
    for (int y = 0; y < image.height(); ++y) {
        std::uint8_t* to = image.row(y);
        for (int x = 0; x < image.width(); ++x, from += 4, to += 3) {
            const int black = inverted ? from[3] : 255 - from[3];
            for (int c = 0; c < 3; ++c) {
                const int light = inverted ? from[c] : 255 - from[c];
                to[c] = static_cast<std::uint8_t>((light * black + 127) / 255);
            }
        }
    }
}

/// Warnings that leave the picture whole: stray bytes between segments, odd header values.
bool harmless(std::string_view warning) {
    if (warning.find("extraneous bytes") != std::string_view::npos) return true;
    return warning.find("Corrupt JPEG data") == std::string_view::npos &&
           warning.find("Premature end") == std::string_view::npos;
}

struct CloseTurbo {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Turbo = std::unique_ptr<void, CloseTurbo>;

void decompress(Bytes file, std::uint8_t* pixels, ImageSize size, int stride, int format) {
    const Turbo turbo(tjInitDecompress());
    if (!turbo) throw Error(ErrorCode::memory);
    const int result = tjDecompress2(turbo.get(), as_chars(file), file.size(), pixels, size.width,
                                     stride, size.height, format, TJFLAG_LIMITSCANS);
    if (result == 0) return;
    const std::string message = tjGetErrorStr2(turbo.get());
    if (tjGetErrorCode(turbo.get()) != TJERR_WARNING || !harmless(message)) refuse_corrupt(message);
}

}  // namespace

bool is_jpeg(Bytes file) {
    return starts_with(file, "\xFF\xD8\xFF");
}

DecodedImage decode_jpeg(Bytes file, const PhotoLimits& limits) {
    const JpegParts parts = MarkerWalk(file).run();
    if (parts.components == 0 || parts.scans == 0) refuse_corrupt("no picture in the file");
    if (!parts.decodable) throw Error(ErrorCode::photo_format, {}, "unusual kind of JPEG");
    check_size(parts.width, parts.height, limits);
    if (!parts.complete) refuse_corrupt("the end is missing");
    if (parts.scans > max_scans) refuse_corrupt("too many scans");

    const tjscalingfactor factor = reduction(parts, limits.largest_side);
    const ImageSize size{TJSCALED(parts.width, factor), TJSCALED(parts.height, factor)};
    DecodedImage result{Image(size.width, size.height), parts.width, parts.height,
                        parts.orientation};
    if (parts.components == 4) {
        std::vector<std::uint8_t> ink(static_cast<std::size_t>(size.width) * 4 *
                                      static_cast<std::size_t>(size.height));
        decompress(file, ink.data(), size, size.width * 4, TJPF_CMYK);
        cmyk_to_rgb(ink, parts.adobe, result.image);
    } else {
        decompress(file, result.image.row(0), size, result.image.stride(), TJPF_RGB);
    }
    return result;
}

void save_jpeg(const Image& image, const std::filesystem::path& path, int quality) {
    const Turbo turbo(tjInitCompress());
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    const int result =
        tjCompress2(turbo.get(), image.row(0), image.width(), image.stride(), image.height(),
                    TJPF_RGB, &memory, &size, TJSAMP_444, quality, TJFLAG_ACCURATEDCT);
    const std::unique_ptr<unsigned char, decltype(&tjFree)> owned(memory, tjFree);
    if (result != 0) throw Error(ErrorCode::internal, {}, tjGetErrorStr2(turbo.get()));
    write_file(path, std::as_bytes(std::span(memory, size)));
}

}  // namespace ditto::media
