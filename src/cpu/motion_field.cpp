#include "cpu/motion_field.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ditto::cpu {
namespace {

constexpr float bump_variance = 0.01F;

std::size_t size(int value) {
    return static_cast<std::size_t>(value);
}

float position(int i, int length) {
    return 2 * (static_cast<float>(i) / static_cast<float>(length - 1)) - 1;
}

/// Two neighbours and their parts; what lies outside has none.
struct Between {
    int first = 0, second = 0;
    float part_first = 0, part_second = 0;
};

Between between(float at, int length) {
    const float cell = ((at + 1) * static_cast<float>(length) - 1) / 2;
    // Also false for what is no number.
    if (!(cell > -1 && cell < static_cast<float>(length))) return {};
    const int below = static_cast<int>(std::floor(cell));
    const float part = cell - static_cast<float>(below);
    Between result{std::max(below, 0), std::min(below + 1, length - 1), 1 - part, part};
    if (below < 0) result.part_first = 0;
    if (below + 1 >= length) result.part_second = 0;
    return result;
}

std::vector<Between> shifted_axis(float shift, int length) {
    std::vector<Between> result;
    for (int i = 0; i < length; ++i)
        result.push_back(between(position(i, length) + shift, length));
    return result;
}

std::vector<float> bump(float centre, int length) {
    std::vector<float> result;
    for (int i = 0; i < length; ++i) {
        const float distance = position(i, length) - centre;
        result.push_back(std::exp(-0.5F / bump_variance * distance * distance));
    }
    return result;
}

struct Bump {
    Bump(const float* centre, const Map& volume)
        : x(bump(centre[0], volume.width)),
          y(bump(centre[1], volume.height)),
          z(bump(centre[2], volume.depth)) {}
    std::vector<float> x, y, z;
};

/// One row of the volume, taken between four.
void mix_rows(const Map& volume, const Between& y, const Between& z, std::vector<float>& row) {
    const std::array<const float*, 4> from{
        volume.at(z.first, y.first, 0), volume.at(z.first, y.second, 0),
        volume.at(z.second, y.first, 0), volume.at(z.second, y.second, 0)};
    const float a = z.part_first * y.part_first, b = z.part_first * y.part_second;
    const float c = z.part_second * y.part_first, d = z.part_second * y.part_second;
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = a * from[0][i] + b * from[1][i] + c * from[2][i] + d * from[3][i];
}

}  // namespace

void sparse_motions(Pool& pool, const Map& volume, int count, const float* source,
                    const float* driving, const Map& to) {
    // Only the channels that matter, so that a row is short.
    OwnMap dense(volume.depth, volume.height, volume.width, count);
    pool.run(volume.depth * volume.height, [&](int zy, int) {
        for (int x = 0; x < volume.width; ++x) {
            const float* from = volume.at(zy / volume.height, zy % volume.height, x);
            std::copy_n(from, count, dense.at(zy / volume.height, zy % volume.height, x));
        }
    });
    std::vector<Bump> driven, still;
    std::array<std::array<std::vector<Between>, 3>, motions> axes;
    for (int m = 0; m < motions; ++m) {
        const int k = 3 * (m - 1);
        for (int axis = 0; axis < 3; ++axis) {
            const float shift = m == 0 ? 0 : source[k + axis] - driving[k + axis];
            const int length = axis == 0 ? volume.width : axis == 1 ? volume.height : volume.depth;
            axes[size(m)][size(axis)] = shifted_axis(shift, length);
        }
        if (m == 0) continue;
        driven.emplace_back(driving + k, volume);
        still.emplace_back(source + k, volume);
    }
    pool.run(volume.depth * volume.height, [&](int zy, int) {
        const int z = zy / volume.height, y = zy % volume.height;
        std::vector<float> row(size(dense.width * count));
        for (int m = 0; m < motions; ++m) {
            const auto& [across, down, inwards] = axes[size(m)];
            mix_rows(dense, down[size(y)], inwards[size(z)], row);
            for (int x = 0; x < volume.width; ++x) {
                float* place = to.at(z, y, x) + m * (1 + count);
                *place = 0;
                if (m > 0) {
                    const Bump &a = driven[size(m - 1)], &b = still[size(m - 1)];
                    *place = a.x[size(x)] * (a.y[size(y)] * a.z[size(z)]) -
                             b.x[size(x)] * (b.y[size(y)] * b.z[size(z)]);
                }
                const Between& at = across[size(x)];
                for (int c = 0; c < count; ++c) {
                    place[1 + c] = at.part_first * row[size(at.first * count + c)] +
                                   at.part_second * row[size(at.second * count + c)];
                }
            }
        }
        for (int x = 0; x < volume.width; ++x) {
            float* place = to.at(z, y, x);
            std::fill(place + motions * (1 + count), place + padded_channels(motions * (1 + count)),
                      0.F);
        }
    });
}

void deform(Pool& pool, const Map& volume, const Map& logits, const float* source,
            const float* driving, const Map& to) {
    const int channels = volume.channels;
    pool.run(volume.depth * volume.height, [&](int zy, int) {
        const int z = zy / volume.height, y = zy % volume.height;
        for (int x = 0; x < volume.width; ++x) {
            const float* logit = logits.at(z, y, x);
            const float largest = *std::max_element(logit, logit + motions);
            float sum = std::exp(logit[0] - largest);
            std::array<float, 3> shift{};
            for (int k = 0; k < keypoints; ++k) {
                const float weight = std::exp(logit[k + 1] - largest);
                sum += weight;
                for (int axis = 0; axis < 3; ++axis) {
                    shift[size(axis)] += weight * (source[3 * k + axis] - driving[3 * k + axis]);
                }
            }
            const Between bx = between(position(x, volume.width) + shift[0] / sum, volume.width);
            const Between by = between(position(y, volume.height) + shift[1] / sum, volume.height);
            const Between bz = between(position(z, volume.depth) + shift[2] / sum, volume.depth);
            float* place = to.at(0, y, x) + z * channels;
            std::fill_n(place, channels, 0.F);
            for (int corner = 0; corner < 8; ++corner) {
                const bool i = corner % 2 != 0, j = corner / 2 % 2 != 0, k = corner / 4 != 0;
                const float part = (i ? bx.part_second : bx.part_first) *
                                   (j ? by.part_second : by.part_first) *
                                   (k ? bz.part_second : bz.part_first);
                const float* from = volume.at(k ? bz.second : bz.first, j ? by.second : by.first,
                                              i ? bx.second : bx.first);
                for (int c = 0; c < channels; ++c)
                    place[c] += part * from[c];
            }
        }
    });
}

}  // namespace ditto::cpu
