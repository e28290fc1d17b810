#include "slides/cut_out.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace ditto::slides {
namespace {

using Colour = std::array<std::uint8_t, 3>;

// Radii in smaller sides of the photo.
constexpr double guided_radius = .018;
constexpr double edge_radius = .018;
constexpr double colour_radius = .03;
constexpr double far_radius = .12;
constexpr double inside_radius = .04;
constexpr double outside_radius = .08;

/// What counts as texture and not as an edge, in squared levels of 0..1.
constexpr float texture = 4e-4F;
/// The power of a share that counts for the mean colour around.
constexpr float firmness = 6;
/// Shares below and above are none and all.
constexpr float faint = .12F;
constexpr float full = .88F;

/// One number for each pixel.
class Plane {
  public:
    Plane(int width, int height)
        : width_(width),
          height_(height),
          values_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

    int width() const { return width_; }
    int height() const { return height_; }
    std::size_t size() const { return values_.size(); }
    float* row(int y) { return values_.data() + static_cast<std::ptrdiff_t>(y) * width_; }
    const float* row(int y) const {
        return values_.data() + static_cast<std::ptrdiff_t>(y) * width_;
    }
    float& operator[](std::size_t i) { return values_[i]; }
    float operator[](std::size_t i) const { return values_[i]; }

  private:
    int width_;
    int height_;
    std::vector<float> values_;
};

/// The mean over a square of 2 * radius + 1 pixels, cut at the photo's edges.
Plane blurred(const Plane& plane, int radius) {
    const int width = plane.width();
    const int height = plane.height();
    Plane across(width, height);
    for (int y = 0; y < height; ++y) {
        const float* from = plane.row(y);
        float* to = across.row(y);
        double sum = 0;
        for (int x = 0; x < std::min(radius, width); ++x)
            sum += from[x];
        for (int x = 0; x < width; ++x) {
            if (x + radius < width) sum += from[x + radius];
            if (x - radius > 0) sum -= from[x - radius - 1];
            const int count = std::min(x + radius, width - 1) - std::max(x - radius, 0) + 1;
            to[x] = static_cast<float>(sum / count);
        }
    }
    Plane result(width, height);
    std::vector<double> sums(static_cast<std::size_t>(width));
    const auto add = [&](int y, double sign) {
        const float* from = across.row(y);
        for (std::size_t x = 0; x < sums.size(); ++x)
            sums[x] += sign * from[x];
    };
    for (int y = 0; y < std::min(radius, height); ++y)
        add(y, 1);
    for (int y = 0; y < height; ++y) {
        if (y + radius < height) add(y + radius, 1);
        if (y - radius > 0) add(y - radius - 1, -1);
        const int count = std::min(y + radius, height - 1) - std::max(y - radius, 0) + 1;
        float* to = result.row(y);
        for (std::size_t x = 0; x < sums.size(); ++x)
            to[x] = static_cast<float>(sums[x] / count);
    }
    return result;
}

Plane channel(const Image& image, int c) {
    Plane plane(image.width(), image.height());
    for (int y = 0; y < image.height(); ++y) {
        const std::uint8_t* from = image.row(y) + c;
        float* to = plane.row(y);
        for (int x = 0; x < image.width(); ++x)
            to[x] = static_cast<float>(from[3 * x]) / 255;
    }
    return plane;
}

Plane product(const Plane& a, const Plane& b) {
    Plane result(a.width(), a.height());
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = a[i] * b[i];
    return result;
}

/// The mask with the edges of the guide.
Plane guided(const Plane& guide, const Plane& mask, int radius) {
    const Plane mean_guide = blurred(guide, radius);
    const Plane mean_mask = blurred(mask, radius);
    Plane slope = blurred(product(guide, mask), radius);
    const Plane squares = blurred(product(guide, guide), radius);
    Plane offset(guide.width(), guide.height());
    for (std::size_t i = 0; i < slope.size(); ++i) {
        const float variance = squares[i] - mean_guide[i] * mean_guide[i];
        slope[i] = (slope[i] - mean_guide[i] * mean_mask[i]) / (variance + texture);
        offset[i] = mean_mask[i] - slope[i] * mean_guide[i];
    }
    slope = blurred(slope, radius);
    offset = blurred(offset, radius);
    Plane result(guide.width(), guide.height());
    for (std::size_t i = 0; i < result.size(); ++i) {
        const float share = slope[i] * guide[i] + offset[i];
        result[i] = std::clamp((share - faint) / (full - faint), 0.F, 1.F);
    }
    return result;
}

/// Away from the rough mask's edge the photo's own edges mean nothing: `around` is what the rough
/// mask has there in the mean.
void keep_to(const Plane& around, Plane& share) {
    for (std::size_t i = 0; i < share.size(); ++i) {
        const float inside = std::clamp((around[i] - .92F) / .06F, 0.F, 1.F);
        const float outside = std::clamp((.08F - around[i]) / .06F, 0.F, 1.F);
        share[i] = (share[i] + inside * (1 - share[i])) * (1 - outside);
    }
}

Plane luma(const Image& photo) {
    Plane plane(photo.width(), photo.height());
    for (int y = 0; y < photo.height(); ++y) {
        float* to = plane.row(y);
        for (int x = 0; x < photo.width(); ++x) {
            const std::uint8_t* from = photo.pixel(x, y);
            to[x] = (.2126F * static_cast<float>(from[0]) + .7152F * static_cast<float>(from[1]) +
                     .0722F * static_cast<float>(from[2])) /
                    255;
        }
    }
    return plane;
}

/// One colour of the presenter, continued over the edge: the mean around, corrected by what the
/// pixel itself shows.
Plane presenter_colour(const Plane& colour, const Plane& share, int radius, int far) {
    // Pixels at the edge say little of either side.
    Plane own(share.width(), share.height());
    Plane other(share.width(), share.height());
    for (std::size_t i = 0; i < share.size(); ++i) {
        own[i] = std::pow(share[i], firmness);
        other[i] = std::pow(1 - share[i], firmness);
    }
    const Plane weight = blurred(own, radius);
    const Plane rest_weight = blurred(other, radius);
    const Plane far_weight = blurred(own, far);
    const Plane shown = product(colour, own);
    const Plane near_mean = blurred(shown, radius);
    const Plane far_mean = blurred(shown, far);
    const Plane rest_mean = blurred(product(colour, other), radius);
    constexpr float least = 1e-3F;
    Plane result(share.width(), share.height());
    for (std::size_t i = 0; i < result.size(); ++i) {
        const float distant = far_weight[i] > least ? far_mean[i] / far_weight[i] : .5F;
        const float mean = weight[i] > least ? near_mean[i] / weight[i] : distant;
        const float behind = rest_weight[i] > least ? rest_mean[i] / rest_weight[i] : mean;
        const float a = share[i];
        result[i] = std::clamp(mean + a * (colour[i] - a * mean - (1 - a) * behind), 0.F, 1.F);
    }
    return result;
}

std::uint8_t level(float value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.F, 1.F) * 255));
}

/// The one that is farthest from every colour at the presenter's edge.
Colour choose_screen(const Image& colours, const Plane& share) {
    constexpr std::array<Colour, 3> screens{Colour{0, 255, 0}, Colour{0, 0, 255},
                                            Colour{255, 0, 255}};
    Colour best = screens[0];
    double best_distance = -1;
    for (const Colour& screen : screens) {
        std::vector<double> distances;
        for (int y = 0; y < colours.height(); y += 2) {
            for (int x = 0; x < colours.width(); x += 2) {
                if (share.row(y)[x] <= 0 || share.row(y)[x] >= 1) continue;
                double sum = 0;
                for (std::size_t c = 0; c < 3; ++c)
                    sum += std::pow(int{colours.pixel(x, y)[c]} - int{screen[c]}, 2);
                distances.push_back(sum);
            }
        }
        if (distances.empty()) return best;
        const auto low = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 50);
        std::nth_element(distances.begin(), low, distances.end());
        if (*low > best_distance) {
            best_distance = *low;
            best = screen;
        }
    }
    return best;
}

}  // namespace

CutOut cut_out(const Image& photo, const Image& mask) {
    const int side = std::min(photo.width(), photo.height());
    const auto radius = [&](double share) { return std::max(1, static_cast<int>(side * share)); };
    const Plane rough = channel(mask, 0);
    Plane share = guided(luma(photo), rough, radius(guided_radius));
    keep_to(blurred(rough, radius(edge_radius)), share);
    CutOut result;
    result.photo = Image(photo.width(), photo.height());
    result.colours = Image(photo.width(), photo.height());
    result.certain = Image(photo.width(), photo.height());
    for (int c = 0; c < 3; ++c) {
        const Plane colour =
            presenter_colour(channel(photo, c), share, radius(colour_radius), radius(far_radius));
        for (int y = 0; y < photo.height(); ++y) {
            for (int x = 0; x < photo.width(); ++x)
                result.colours.pixel(x, y)[c] = level(colour.row(y)[x]);
        }
    }
    result.screen = choose_screen(result.colours, share);
    const Plane near = blurred(share, radius(inside_radius));
    const Plane around = blurred(share, radius(outside_radius));
    for (int y = 0; y < photo.height(); ++y) {
        for (int x = 0; x < photo.width(); ++x) {
            const float a = share.row(y)[x];
            result.certain.pixel(x, y)[0] = level((near.row(y)[x] - .98F) * 100);
            result.certain.pixel(x, y)[1] = level((.02F - around.row(y)[x]) * 100);
            for (std::size_t c = 0; c < 3; ++c) {
                const auto own = static_cast<float>(result.colours.pixel(x, y)[c]);
                const auto screen = static_cast<float>(result.screen[c]);
                result.photo.pixel(x, y)[c] = level((a * own + (1 - a) * screen) / 255);
            }
        }
    }
    return result;
}

}  // namespace ditto::slides
