#include "media/exif.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace ditto::media {
namespace {

/// Bounded reads from a TIFF block in either byte order.
class Tiff {
  public:
    Tiff(std::span<const std::byte> bytes, bool big_endian)
        : bytes_(bytes), big_endian_(big_endian) {}

    std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
        if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t place = big_endian_ ? i : size - 1 - i;
            value = value << 8 | std::to_integer<std::uint32_t>(bytes_[at + place]);
        }
        return value;
    }

  private:
    std::span<const std::byte> bytes_;
    bool big_endian_;
};

constexpr std::uint32_t tag_orientation = 274;
constexpr std::uint32_t type_short = 3;

}  // namespace

int exif_orientation(std::span<const std::byte> exif) {
    constexpr std::array<char, 6> header{'E', 'x', 'i', 'f', 0, 0};
    if (exif.size() >= header.size() &&
        std::memcmp(exif.data(), header.data(), header.size()) == 0) {
        exif = exif.subspan(header.size());
    }
    if (exif.size() < 8) return 1;
    const Tiff tiff(exif, exif[0] == std::byte{'M'});
    const auto directory = tiff.number(4, 4);
    const auto entries = directory ? tiff.number(*directory, 2) : std::nullopt;
    for (std::size_t i = 0; entries && i < *entries; ++i) {
        const std::size_t entry = *directory + 2 + i * 12;
        const auto tag = tiff.number(entry, 2);
        if (!tag) break;
        if (*tag != tag_orientation) continue;
        const auto value = tiff.number(entry + 8, 2);
        if (tiff.number(entry + 2, 2) != type_short || !value) break;
        return *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
    }
    return 1;
}

Image upright(Image image, int orientation) {
    if (orientation <= 1 || orientation > 8) return image;
    const bool swaps = orientation >= 5;
    const bool mirrors_x =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool mirrors_y =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Image result(swaps ? image.height() : image.width(), swaps ? image.width() : image.height());
    for (int y = 0; y < result.height(); ++y) {
        for (int x = 0; x < result.width(); ++x) {
            const int across = swaps ? y : x;
            const int down = swaps ? x : y;
            const std::uint8_t* from = image.pixel(mirrors_x ? image.width() - 1 - across : across,
                                                   mirrors_y ? image.height() - 1 - down : down);
            std::copy_n(from, 3, result.pixel(x, y));
        }
    }
    return result;
}

}  // namespace ditto::media
