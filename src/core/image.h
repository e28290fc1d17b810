#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ditto {

/// Whole pixels; x and y are the left and top edge.
struct Rect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    bool empty() const { return width <= 0 || height <= 0; }
    bool operator==(const Rect&) const = default;
};

/// The part that both cover.
Rect intersection(const Rect& a, const Rect& b);

/// Owning picture: RGB, 8 bit, height x width x 3, rows `stride` bytes apart. Gamma-encoded sRGB
/// as it comes from files. Pixel (x, y) covers [x, x+1) x [y, y+1); its centre is (x+.5, y+.5).
class Image {
  public:
    Image() = default;
    Image(int width, int height) : Image(width, height, width * 3) {}
    Image(int width, int height, int stride);

    int width() const { return width_; }
    int height() const { return height_; }
    int stride() const { return stride_; }
    bool empty() const { return pixels_.empty(); }
    std::size_t bytes() const { return pixels_.size(); }
    Rect bounds() const { return {0, 0, width_, height_}; }

    std::uint8_t* row(int y) { return pixels_.data() + offset(y); }
    const std::uint8_t* row(int y) const { return pixels_.data() + offset(y); }
    std::uint8_t* pixel(int x, int y) { return row(y) + x * 3; }
    const std::uint8_t* pixel(int x, int y) const { return row(y) + x * 3; }

    bool operator==(const Image& other) const;

  private:
    std::size_t offset(int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(stride_);
    }

    int width_ = 0;
    int height_ = 0;
    int stride_ = 0;
    std::vector<std::uint8_t> pixels_;
};

/// A copy of `area`, which must lie inside the picture.
Image crop(const Image& image, const Rect& area);
/// Writes `patch` over `image` with its top left corner at (x, y); it must fit.
void paste(const Image& patch, int x, int y, Image& image);
/// Area-averaging resize to exactly width x height; for enlarging, bilinear.
Image resized(const Image& image, int width, int height);

}  // namespace ditto
