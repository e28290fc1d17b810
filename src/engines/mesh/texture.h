#pragma once

#include <cstdint>
#include <vector>

#include "core/image.h"
#include "engines/mesh/bilinear.h"
#include "engines/mesh/vec.h"

namespace ditto::mesh {

/// Part of the photo for sampling at any position: kept at twice its size (half-sample positions
/// by the 6-tap filter 1 -5 20 20 -5 1 / 32, limited to their neighbours' range), so that bilinear
/// sampling keeps more than 90 % of the sharpness at every shift and does not pulsate. At pixel
/// centres it gives the photo's own pixels exactly.
class Texture {
  public:
    Texture() = default;
    /// `area` in photo pixels, inside the photo.
    Texture(const Image& photo, const Rect& area);

    /// A photo position as it is sampled: 8 fractional bits at twice the photo's scale.
    struct Position {
        std::int32_t x = 0;
        std::int32_t y = 0;
    };
    Position position(Vec2 photo) const {
        // The offset makes the conversion round down below 0 as well.
        constexpr float offset = 1 << 20;
        const float x = (photo.x - .5F - origin_x_) * 512 + (offset + .5F);
        const float y = (photo.y - .5F - origin_y_) * 512 + (offset + .5F);
        return {static_cast<std::int32_t>(x) - (1 << 20), static_cast<std::int32_t>(y) - (1 << 20)};
    }

    /// Colour, packed 0x00BBGGRR. Positions outside the area take its border.
    std::uint32_t sample(Position at) const { return bilinear(pixels(), at.x, at.y); }
    void sample_row(const std::int32_t* x, const std::int32_t* y, int count,
                    std::uint32_t* colors) const {
        bilinear_row(pixels(), x, y, count, colors);
    }
    std::uint32_t sample(Vec2 photo) const { return sample(position(photo)); }

  private:
    PackedPixels pixels() const { return {pixels_.data(), width_, limit_x_, limit_y_}; }

    float origin_x_ = 0;
    float origin_y_ = 0;
    std::int32_t limit_x_ = 0;
    std::int32_t limit_y_ = 0;
    std::int32_t width_ = 0;
    std::vector<std::uint32_t> pixels_;
};

}  // namespace ditto::mesh
