#pragma once

#include <vector>

#include "core/image.h"

namespace ditto::slides {

/// A part of a picture in fractions of its pixels.
struct Area {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

/// Scales one part of pictures of one size to one size, again and again and piece by piece:
/// whatever piece is asked for, its pixels are those of the whole. Cubic, wider where the picture
/// becomes smaller, so that fine print neither flickers nor blurs. What lies outside the picture
/// repeats its edge.
class Resampler {
  public:
    /// `source` is the size of the pictures that come; `area` becomes width x height pixels.
    Resampler(const Rect& source, const Area& area, int width, int height);

    int width() const { return static_cast<int>(across_.size()); }
    int height() const { return static_cast<int>(down_.size()); }

    /// The pixels of `piece`, which lies inside width() x height().
    Image operator()(const Image& image, const Rect& piece);
    Image operator()(const Image& image) { return (*this)(image, {0, 0, width(), height()}); }

    /// The pixels that change when those of `source` change.
    Rect touched_by(const Rect& source) const;

  private:
    /// The weights with which source pixels, `first` and those after it, make one pixel.
    struct Tap {
        int first = 0;
        std::vector<float> weights;
    };
    static std::vector<Tap> taps(int source, double from, double length, int count);

    std::vector<Tap> across_;
    std::vector<Tap> down_;
    std::vector<float> row_;
};

}  // namespace ditto::slides
