#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/affine.h"
#include "core/image.h"

// Resampling that gives the same numbers as OpenCV, which the networks were trained behind:
// pixel centres lie at whole numbers, and bilinear positions are rounded to 1/32 pixel.
namespace ditto::reenact {

/// height x width x channels, row by row.
struct FloatImage {
    int width = 0;
    int height = 0;
    int channels = 1;
    std::vector<float> values;

    FloatImage() = default;
    FloatImage(int w, int h, int c)
        : width(w),
          height(h),
          channels(c),
          values(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) *
                 static_cast<std::size_t>(c)) {}

    float* pixel(int x, int y) { return values.data() + offset(x, y); }
    const float* pixel(int x, int y) const { return values.data() + offset(x, y); }

  private:
    std::size_t offset(int x, int y) const {
        return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                static_cast<std::size_t>(x)) *
               static_cast<std::size_t>(channels);
    }
};

/// The part `area` of what cv::warpAffine(source, source_to_target, INTER_LINEAR) makes; black
/// outside the source.
Image warp_affine(const Image& source, const Affine& source_to_target, const Rect& area);
FloatImage warp_affine(const FloatImage& source, const Affine& source_to_target, const Rect& area);

/// What warp_affine() makes of `face` laid over `photo` with what it makes of `mask`, in whole
/// numbers: less than one level from the same in floating point. `mask`: as large as the face,
/// 0..mask_whole. `area` lies within the photo.
constexpr int mask_whole = 1024;
Image blend_affine(const Image& face, std::span<const std::uint16_t> mask, const Image& photo,
                   const Affine& face_to_photo, const Rect& area);

/// cv::resize(INTER_LINEAR), within one level.
Image resize_bilinear(const Image& source, int width, int height);

}  // namespace ditto::reenact
