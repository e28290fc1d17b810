#include "core/image.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ditto {
namespace {

/// The weights with which source pixels make one target pixel along one axis.
struct Tap {
    int first = 0;
    std::vector<float> weights;
};

std::vector<Tap> resize_taps(int source, int target) {
    const double scale = static_cast<double>(source) / target;
    std::vector<Tap> taps(static_cast<std::size_t>(target));
    for (int i = 0; i < target; ++i) {
        Tap& tap = taps[static_cast<std::size_t>(i)];
        if (scale > 1) {
            const double from = i * scale;
            const double to = std::min<double>((i + 1) * scale, source);
            tap.first = static_cast<int>(from);
            for (int s = tap.first; s < to; ++s) {
                const double covered = std::min(to, s + 1.0) - std::max<double>(from, s);
                tap.weights.push_back(static_cast<float>(covered / (to - from)));
            }
        } else {
            const double centre = std::clamp((i + .5) * scale - .5, 0., source - 1.);
            tap.first = std::min(static_cast<int>(centre), source - 1);
            const float part = static_cast<float>(centre - tap.first);
            tap.weights = {1 - part};
            if (tap.first + 1 < source) tap.weights.push_back(part);
        }
    }
    return taps;
}

}  // namespace

Rect intersection(const Rect& a, const Rect& b) {
    const int left = std::max(a.x, b.x);
    const int top = std::max(a.y, b.y);
    const int right = std::min(a.x + a.width, b.x + b.width);
    const int bottom = std::min(a.y + a.height, b.y + b.height);
    if (right <= left || bottom <= top) return {};
    return {left, top, right - left, bottom - top};
}

Image::Image(int width, int height, int stride)
    : width_(width),
      height_(height),
      stride_(stride),
      pixels_(static_cast<std::size_t>(stride) * static_cast<std::size_t>(height)) {}

bool Image::operator==(const Image& other) const {
    if (width_ != other.width_ || height_ != other.height_) return false;
    for (int y = 0; y < height_; ++y) {
        if (std::memcmp(row(y), other.row(y), static_cast<std::size_t>(width_) * 3) != 0) {
            return false;
        }
    }
    return true;
}

Image crop(const Image& image, const Rect& area) {
    Image result(area.width, area.height);
    for (int y = 0; y < area.height; ++y) {
        std::memcpy(result.row(y), image.pixel(area.x, area.y + y),
                    static_cast<std::size_t>(area.width) * 3);
    }
    return result;
}

void paste(const Image& patch, int x, int y, Image& image) {
    for (int row = 0; row < patch.height(); ++row) {
        std::memcpy(image.pixel(x, y + row), patch.row(row),
                    static_cast<std::size_t>(patch.width()) * 3);
    }
}

Image resized(const Image& image, int width, int height) {
    const std::vector<Tap> across = resize_taps(image.width(), width);
    const std::vector<Tap> down = resize_taps(image.height(), height);
    Image result(width, height);
    std::vector<float> column_sums(static_cast<std::size_t>(image.width()) * 3);
    for (int y = 0; y < height; ++y) {
        std::fill(column_sums.begin(), column_sums.end(), 0.F);
        const Tap& tap_down = down[static_cast<std::size_t>(y)];
        for (std::size_t t = 0; t < tap_down.weights.size(); ++t) {
            const std::uint8_t* source = image.row(tap_down.first + static_cast<int>(t));
            const float weight = tap_down.weights[t];
            for (std::size_t i = 0; i < column_sums.size(); ++i) {
                column_sums[i] += weight * source[i];
            }
        }
        for (int x = 0; x < width; ++x) {
            const Tap& tap = across[static_cast<std::size_t>(x)];
            for (std::size_t c = 0; c < 3; ++c) {
                float sum = 0;
                for (std::size_t t = 0; t < tap.weights.size(); ++t) {
                    sum += tap.weights[t] *
                           column_sums[(static_cast<std::size_t>(tap.first) + t) * 3 + c];
                }
                result.pixel(x, y)[c] = static_cast<std::uint8_t>(std::lround(sum));
            }
        }
    }
    return result;
}

}  // namespace ditto
