#include "slides/resampler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace ditto::slides {
namespace {

/// Keys' cubic with a = -0.5, 2 wide on each side.
double cubic(double x) {
    x = std::abs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    if (x < 2) return ((-.5 * x + 2.5) * x - 4) * x + 2;
    return 0;
}

}  // namespace

std::vector<Resampler::Tap> Resampler::taps(int source, double from, double length, int count) {
    const double step = length / count;
    const double stretch = std::max(1., step);
    std::vector<Tap> result(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double centre = from + (i + .5) * step - .5;
        const int first = static_cast<int>(std::ceil(centre - 2 * stretch));
        const int last = static_cast<int>(std::floor(centre + 2 * stretch));
        const int kept_first = std::clamp(first, 0, source - 1);
        const int kept_last = std::clamp(last, 0, source - 1);
        Tap& tap = result[static_cast<std::size_t>(i)];
        tap.first = kept_first;
        tap.weights.resize(static_cast<std::size_t>(kept_last - kept_first + 1));
        double sum = 0;
        for (int s = first; s <= last; ++s) {
            const double weight = cubic((s - centre) / stretch);
            const int at = std::clamp(s, kept_first, kept_last) - kept_first;
            tap.weights[static_cast<std::size_t>(at)] += static_cast<float>(weight);
            sum += weight;
        }
        for (float& weight : tap.weights)
            weight /= static_cast<float>(sum);
    }
    return result;
}

Resampler::Resampler(const Rect& source, const Area& area, int width, int height)
    : across_(taps(source.width, area.x, area.width, width)),
      down_(taps(source.height, area.y, area.height, height)) {}

Image Resampler::operator()(const Image& image, const Rect& piece) {
    Image result(piece.width, piece.height);
    if (piece.empty()) return result;
    const auto left = static_cast<std::size_t>(piece.x);
    const auto right = left + static_cast<std::size_t>(piece.width);
    int first = image.width();
    int end = 0;
    for (std::size_t x = left; x < right; ++x) {
        const Tap& tap = across_[x];
        first = std::min(first, tap.first);
        end = std::max(end, tap.first + static_cast<int>(tap.weights.size()));
    }
    row_.resize(static_cast<std::size_t>(end - first) * 3);
    for (int y = 0; y < piece.height; ++y) {
        const Tap& tap_down = down_[static_cast<std::size_t>(piece.y + y)];
        std::fill(row_.begin(), row_.end(), 0.F);
        for (std::size_t t = 0; t < tap_down.weights.size(); ++t) {
            const std::uint8_t* from = image.pixel(first, tap_down.first + static_cast<int>(t));
            const float weight = tap_down.weights[t];
            for (std::size_t i = 0; i < row_.size(); ++i)
                row_[i] += weight * static_cast<float>(from[i]);
        }
        std::uint8_t* to = result.row(y);
        for (std::size_t x = left; x < right; ++x, to += 3) {
            const Tap& tap = across_[x];
            const float* from = row_.data() + static_cast<std::size_t>(tap.first - first) * 3;
            float sum[3] = {.5F, .5F, .5F};
            for (std::size_t t = 0; t < tap.weights.size(); ++t) {
                for (std::size_t c = 0; c < 3; ++c)
                    sum[c] += tap.weights[t] * from[3 * t + c];
            }
            for (std::size_t c = 0; c < 3; ++c)
                to[c] = static_cast<std::uint8_t>(std::clamp(sum[c], 0.F, 255.F));
        }
    }
    return result;
}

Rect Resampler::touched_by(const Rect& source) const {
    const auto span = [](const std::vector<Tap>& taps, int from, int length) {
        int first = static_cast<int>(taps.size());
        int end = 0;
        for (std::size_t i = 0; i < taps.size(); ++i) {
            const int taps_end = taps[i].first + static_cast<int>(taps[i].weights.size());
            if (taps[i].first >= from + length || taps_end <= from) continue;
            first = std::min(first, static_cast<int>(i));
            end = static_cast<int>(i) + 1;
        }
        return std::pair{first, std::max(0, end - first)};
    };
    const auto [x, width] = span(across_, source.x, source.width);
    const auto [y, height] = span(down_, source.y, source.height);
    if (width == 0 || height == 0) return {};
    return {x, y, width, height};
}

}  // namespace ditto::slides
