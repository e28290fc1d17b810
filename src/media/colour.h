#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/image.h"

// Inside the room only.
namespace ditto::media {

/// Where a 4:2:0 picture lies: three planes, the chroma ones half as wide and high.
struct Yuv420 {
    std::uint8_t* luma;
    std::uint8_t* blue;
    std::uint8_t* red;
    std::ptrdiff_t luma_stride;
    std::ptrdiff_t chroma_stride;
};

/// RGB to BT.709 YCbCr, limited range, 4:2:0 with chroma sited left, as H.264 assumes: a chroma
/// sample is the [1 2 1] mean around its even column over two rows.
/// Source: ITU-R BT.709-6, items 3.2 to 3.5; H.264 annex E, figure E-1.
class ColourConverter {
  public:
    /// Converts `area` of the picture to the same place in `to`. Its edges are even numbers.
    /// Pixels beside the area are read where chroma needs them.
    void convert(const Image& image, const Rect& area, const Yuv420& to);

  private:
    void luma_row(const Image& image, const Rect& area, int y, std::uint8_t* to);
    void chroma_row(const Rect& area, std::uint8_t* blue, std::uint8_t* red);

    /// Sums of two rows, one list a colour, with one pixel more on each side.
    std::vector<std::uint16_t> sums_[3];
};

/// The smallest rectangle with even edges around `area`, cut to `bounds` (even itself).
Rect even_around(const Rect& area, const Rect& bounds);

}  // namespace ditto::media
