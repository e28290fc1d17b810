#include "engines/ditto/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace ditto::reenact {
namespace {

// OpenCV's fixed point for positions: 10 bits behind the point, of which 5 are kept.
constexpr int position_bits = 10;
constexpr int kept_bits = 5;
constexpr int kept_steps = 1 << kept_bits;
constexpr double position_scale = 1 << position_bits;
constexpr int round_half_step = 1 << (position_bits - kept_bits - 1);

int rounded(double value) {
    return static_cast<int>(std::lrint(std::clamp(value, -2147483648., 2147483647.)));
}

/// Where a target pixel comes from: a whole source pixel and 1/32 steps beyond it.
struct Position {
    int x, y;
    int step_x, step_y;
};

/// Calls visit(target x, target y, position) for each pixel of `area`.
template <class Visit>
void for_each_position(const Affine& source_to_target, const Rect& area, const Visit& visit) {
    const Affine back = source_to_target.inverse();
    std::vector<std::array<int, 2>> across(static_cast<std::size_t>(area.width));
    for (int x = 0; x < area.width; ++x) {
        across[static_cast<std::size_t>(x)] = {rounded(back.a * (area.x + x) * position_scale),
                                               rounded(back.d * (area.x + x) * position_scale)};
    }
    constexpr int shift = position_bits - kept_bits;
    for (int y = 0; y < area.height; ++y) {
        const int row_x =
            rounded((back.b * (area.y + y) + back.c) * position_scale) + round_half_step;
        const int row_y =
            rounded((back.e * (area.y + y) + back.f) * position_scale) + round_half_step;
        for (int x = 0; x < area.width; ++x) {
            const auto [delta_x, delta_y] = across[static_cast<std::size_t>(x)];
            // Through 64 bits: far outside the picture the sum does not fit 32.
            const auto fixed_x = (static_cast<std::int64_t>(row_x) + delta_x) >> shift;
            const auto fixed_y = (static_cast<std::int64_t>(row_y) + delta_y) >> shift;
            visit(x, y,
                  Position{static_cast<int>(fixed_x >> kept_bits),
                           static_cast<int>(fixed_y >> kept_bits),
                           static_cast<int>(fixed_x & (kept_steps - 1)),
                           static_cast<int>(fixed_y & (kept_steps - 1))});
        }
    }
}

/// The four source pixels around a position; null where they lie outside.
template <class Picture>
auto taps(const Picture& source, int width, int height, const Position& at) {
    using Pointer = decltype(source.pixel(0, 0));
    const auto tap = [&](int x, int y) -> Pointer {
        return x >= 0 && y >= 0 && x < width && y < height ? source.pixel(x, y) : nullptr;
    };
    return std::array<Pointer, 4>{tap(at.x, at.y), tap(at.x + 1, at.y), tap(at.x, at.y + 1),
                                  tap(at.x + 1, at.y + 1)};
}

}  // namespace

Image warp_affine(const Image& source, const Affine& source_to_target, const Rect& area) {
    Image target(area.width, area.height);
    for_each_position(source_to_target, area, [&](int x, int y, const Position& at) {
        const auto pixels = taps(source, source.width(), source.height(), at);
        const std::array<int, 4> weights{
            (kept_steps - at.step_x) * (kept_steps - at.step_y),
            at.step_x * (kept_steps - at.step_y),
            (kept_steps - at.step_x) * at.step_y,
            at.step_x * at.step_y,
        };
        std::uint8_t* to = target.pixel(x, y);
        for (int c = 0; c < 3; ++c) {
            int sum = kept_steps * kept_steps / 2;
            for (std::size_t i = 0; i < 4; ++i) {
                if (pixels[i] != nullptr) sum += weights[i] * pixels[i][c];
            }
            to[c] = static_cast<std::uint8_t>(sum >> (2 * kept_bits));
        }
    });
    return target;
}

FloatImage warp_affine(const FloatImage& source, const Affine& source_to_target, const Rect& area) {
    FloatImage target(area.width, area.height, source.channels);
    constexpr float unit = 1.F / (kept_steps * kept_steps);
    for_each_position(source_to_target, area, [&](int x, int y, const Position& at) {
        const auto pixels = taps(source, source.width, source.height, at);
        const std::array<float, 4> weights{
            static_cast<float>((kept_steps - at.step_x) * (kept_steps - at.step_y)) * unit,
            static_cast<float>(at.step_x * (kept_steps - at.step_y)) * unit,
            static_cast<float>((kept_steps - at.step_x) * at.step_y) * unit,
            static_cast<float>(at.step_x * at.step_y) * unit,
        };
        float* to = target.pixel(x, y);
        for (int c = 0; c < source.channels; ++c) {
            float sum = 0;
            for (std::size_t i = 0; i < 4; ++i) {
                if (pixels[i] != nullptr) sum += weights[i] * pixels[i][c];
            }
            to[c] = sum;
        }
    });
    return target;
}

Image blend_affine(const Image& face, std::span<const std::uint16_t> mask, const Image& photo,
                   const Affine& face_to_photo, const Rect& area) {
    constexpr int bits = 2 * kept_bits;  // of the sum of weights
    static_assert(1 << bits == mask_whole);
    const int width = face.width();
    const int height = face.height();
    Image result(area.width, area.height);
    for_each_position(face_to_photo, area, [&](int x, int y, const Position& at) {
        const std::array<int, 4> weights{
            (kept_steps - at.step_x) * (kept_steps - at.step_y),
            at.step_x * (kept_steps - at.step_y),
            (kept_steps - at.step_x) * at.step_y,
            at.step_x * at.step_y,
        };
        int part = 0;
        std::array<int, 3> over{};
        const auto add = [&](int tap_x, int tap_y, int weight) {
            const std::uint8_t* pixel = face.pixel(tap_x, tap_y);
            part += weight * mask[static_cast<std::size_t>(tap_y * width + tap_x)];
            for (std::size_t c = 0; c < 3; ++c)
                over[c] += weight * pixel[c];
        };
        if (at.x >= 0 && at.y >= 0 && at.x + 1 < width && at.y + 1 < height) {
            add(at.x, at.y, weights[0]);
            add(at.x + 1, at.y, weights[1]);
            add(at.x, at.y + 1, weights[2]);
            add(at.x + 1, at.y + 1, weights[3]);
        } else {
            for (int i = 0; i < 4; ++i) {
                const int tap_x = at.x + (i & 1);
                const int tap_y = at.y + (i >> 1);
                if (tap_x >= 0 && tap_y >= 0 && tap_x < width && tap_y < height)
                    add(tap_x, tap_y, weights[static_cast<std::size_t>(i)]);
            }
        }
        part = (part + mask_whole / 2) >> bits;
        const std::uint8_t* under = photo.pixel(area.x + x, area.y + y);
        std::uint8_t* to = result.pixel(x, y);
        for (std::size_t c = 0; c < 3; ++c) {
            const int sum = part * over[c] + (mask_whole - part) * (under[c] << bits);
            to[c] = static_cast<std::uint8_t>(sum >> (2 * bits));
        }
    });
    return result;
}

Image resize_bilinear(const Image& source, int width, int height) {
    struct Tap {
        int first, second;
        float part;
    };
    const auto tap = [](int target, int target_size, int source_size) {
        const float at = static_cast<float>(
            (target + .5) * (static_cast<double>(source_size) / target_size) - .5);
        const int first = static_cast<int>(std::floor(at));
        const int last = source_size - 1;
        return Tap{std::clamp(first, 0, last), std::clamp(first + 1, 0, last),
                   at - static_cast<float>(first)};
    };
    Image target(width, height);
    for (int y = 0; y < height; ++y) {
        const Tap down = tap(y, height, source.height());
        for (int x = 0; x < width; ++x) {
            const Tap across = tap(x, width, source.width());
            const auto row = [&](int at, int c) {
                return (1 - across.part) * source.pixel(across.first, at)[c] +
                       across.part * source.pixel(across.second, at)[c];
            };
            for (int c = 0; c < 3; ++c) {
                const float value =
                    (1 - down.part) * row(down.first, c) + down.part * row(down.second, c);
                target.pixel(x, y)[c] = static_cast<std::uint8_t>(std::lround(value));
            }
        }
    }
    return target;
}

}  // namespace ditto::reenact
