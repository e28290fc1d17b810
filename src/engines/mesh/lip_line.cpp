#include "engines/mesh/lip_line.h"

#include <limits>
#include <vector>

namespace ditto::mesh {
namespace {

constexpr int columns = 41;
constexpr int offsets = 31;    // positions tried per column
constexpr float reach = .05F;  // D to either side
/// Lips that are nearer than this touch (D).
constexpr float touching = .018F;

float luminance(const Image& photo, Vec2 p) {
    const int x = std::clamp(static_cast<int>(p.x), 0, photo.width() - 1);
    const int y = std::clamp(static_cast<int>(p.y), 0, photo.height() - 1);
    const std::uint8_t* pixel = photo.pixel(x, y);
    return .299F * pixel[0] + .587F * pixel[1] + .114F * pixel[2];
}

float column_x(int column, float left, float right) {
    return lerp(left, right, (static_cast<float>(column) + .5F) / columns);
}

float offset_y(int offset) {
    return reach * (2 * static_cast<float>(offset) / (offsets - 1) - 1);
}

/// Mean luminance across a short stretch along the line, so that single pixels do not count.
float darkness(const Image& photo, const LocalFrame& frame, Vec2 local) {
    float sum = 0;
    for (int k = -2; k <= 2; ++k) {
        sum += luminance(photo, frame.to_photo({local.x + .008F * static_cast<float>(k), local.y}));
    }
    return sum / 5;
}

Curve darkest_path(const Image& photo, const LocalFrame& frame, const Curve& guess, float left,
                   float right) {
    std::vector<std::array<float, offsets>> cost(columns);
    std::vector<std::array<int, offsets>> from(columns);
    for (int c = 0; c < columns; ++c) {
        const float x = column_x(c, left, right);
        auto& here = cost[static_cast<std::size_t>(c)];
        for (int o = 0; o < offsets; ++o) {
            const auto index = static_cast<std::size_t>(o);
            const float dark = darkness(photo, frame, {x, guess(x) + offset_y(o)});
            // The landmarks are right within .02 D more often than not.
            const float away = offset_y(o) / .03F;
            here[index] = dark + 4 * away * away;
            if (c == 0) continue;
            const auto& before = cost[static_cast<std::size_t>(c) - 1];
            float best = std::numeric_limits<float>::max();
            for (int step = -2; step <= 2; ++step) {
                if (o + step < 0 || o + step >= offsets) continue;
                const float total = before[static_cast<std::size_t>(o + step)] +
                                    3 * static_cast<float>(step * step);
                if (total < best) {
                    best = total;
                    from[static_cast<std::size_t>(c)][index] = o + step;
                }
            }
            here[index] += best;
        }
    }
    const auto& last = cost.back();
    int o = static_cast<int>(std::min_element(last.begin(), last.end()) - last.begin());
    std::vector<float> shift(columns);
    for (int c = columns - 1; c >= 0; --c) {
        shift[static_cast<std::size_t>(c)] = offset_y(o);
        if (c > 0) o = from[static_cast<std::size_t>(c)][static_cast<std::size_t>(o)];
    }
    std::vector<Vec2> points{{left, guess(left)}, {right, guess(right)}};
    for (int c = 2; c + 2 < columns; c += 2) {
        float mean = 0;
        for (int k = -2; k <= 2; ++k)
            mean += shift[static_cast<std::size_t>(c + k)] / 5;
        const float x = column_x(c, left, right);
        points.push_back({x, guess(x) + mean});
    }
    return Curve(std::move(points));
}

template <class Function>
Curve sampled(float left, float right, Function y) {
    std::vector<Vec2> points;
    for (int c = 0; c <= columns; ++c) {
        const float x = lerp(left, right, static_cast<float>(c) / columns);
        points.push_back({x, y(x)});
    }
    return Curve(std::move(points));
}

}  // namespace

LipCurves find_lip_curves(const Image& photo, const LocalFrame& frame, const Curve& upper,
                          const Curve& lower, float left, float right) {
    const Curve middle = sampled(left, right, [&](float x) { return (upper(x) + lower(x)) / 2; });
    if (lower(0) - upper(0) < touching) {
        const Curve line = darkest_path(photo, frame, middle, left, right);
        return {line, line, line};
    }
    const Curve above =
        sampled(left, right, [&](float x) { return std::min(upper(x), middle(x)); });
    const Curve below =
        sampled(left, right, [&](float x) { return std::max(lower(x), middle(x)); });
    return {above, below, middle};
}

}  // namespace ditto::mesh
