#include "media/colour.h"

#include <algorithm>

namespace ditto::media {
namespace {

// Weights times 2^16. Luma spans 219 steps, chroma 224; the chroma weights add up to nothing, so
// that grey stays grey.
constexpr int luma_weights[3] = {11966, 40254, 4064};
constexpr int blue_weights[3] = {-6596, -22189, 28785};
constexpr int red_weights[3] = {28784, -26145, -2639};
constexpr int half = 1 << 15;
/// Chroma adds up eight pixels: [1 2 1] by [1 1].
constexpr int chroma_shift = 16 + 3;
constexpr int chroma_offset = (128 << chroma_shift) + (1 << (chroma_shift - 1));

}  // namespace

Rect even_around(const Rect& area, const Rect& bounds) {
    const int left = area.x & ~1;
    const int top = area.y & ~1;
    const int right = (area.x + area.width + 1) & ~1;
    const int bottom = (area.y + area.height + 1) & ~1;
    return intersection({left, top, right - left, bottom - top}, bounds);
}

void ColourConverter::luma_row(const Image& image, const Rect& area, int y, std::uint8_t* to) {
    const std::uint8_t* from = image.pixel(area.x, y);
    for (int x = 0; x < area.width; ++x) {
        const int sum = luma_weights[0] * from[3 * x] + luma_weights[1] * from[3 * x + 1] +
                        luma_weights[2] * from[3 * x + 2];
        to[x] = static_cast<std::uint8_t>((sum + half + (16 << 16)) >> 16);
    }
}

void ColourConverter::chroma_row(const Rect& area, std::uint8_t* blue, std::uint8_t* red) {
    const std::uint16_t* r = sums_[0].data();
    const std::uint16_t* g = sums_[1].data();
    const std::uint16_t* b = sums_[2].data();
    for (int x = 0; x < area.width / 2; ++x) {
        const int at = 2 * x;  // one left of the even column
        const int sum_r = r[at] + 2 * r[at + 1] + r[at + 2];
        const int sum_g = g[at] + 2 * g[at + 1] + g[at + 2];
        const int sum_b = b[at] + 2 * b[at + 1] + b[at + 2];
        blue[x] = static_cast<std::uint8_t>((blue_weights[0] * sum_r + blue_weights[1] * sum_g +
                                             blue_weights[2] * sum_b + chroma_offset) >>
                                            chroma_shift);
        red[x] = static_cast<std::uint8_t>((red_weights[0] * sum_r + red_weights[1] * sum_g +
                                            red_weights[2] * sum_b + chroma_offset) >>
                                           chroma_shift);
    }
}

void ColourConverter::convert(const Image& image, const Rect& area, const Yuv420& to) {
    for (auto& sums : sums_)
        sums.resize(static_cast<std::size_t>(area.width) + 2);
    for (int y = area.y; y < area.y + area.height; y += 2) {
        for (const int row : {y, y + 1}) {
            luma_row(image, area, row, to.luma + row * to.luma_stride + area.x);
        }
        const std::uint8_t* upper = image.row(y);
        const std::uint8_t* lower = image.row(y + 1);
        const auto sum_up = [&](int x, std::size_t at) {
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t place = static_cast<std::size_t>(x) * 3 + c;
                sums_[c][at] = static_cast<std::uint16_t>(upper[place] + lower[place]);
            }
        };
        for (int x = 0; x < area.width; ++x)
            sum_up(area.x + x, static_cast<std::size_t>(x) + 1);
        sum_up(std::max(0, area.x - 1), 0);
        sum_up(std::min(image.width() - 1, area.x + area.width),
               static_cast<std::size_t>(area.width) + 1);
        const std::ptrdiff_t chroma = y / 2 * to.chroma_stride + area.x / 2;
        chroma_row(area, to.blue + chroma, to.red + chroma);
    }
}

}  // namespace ditto::media
