#pragma once

// What is done before and after the products of a tile. Included by kernels_body.h alone.

#include "cpu/kernels_lanes.h"

namespace ditto::cpu {
namespace {

// ---- tiles of one axis: `in` makes products of taps, `weigh` what each of them is multiplied with
// of the three weights, `out` outputs of products

template <Tiling tiling>
struct Axis;

template <>
struct Axis<Tiling::point> {
    static void weigh(const Lane* d, int s, Lane* t, int u) { (void)s, (void)u, t[0] = d[0]; }
    static void in(const Lane* d, int s, Lane* t, int u) { (void)s, (void)u, t[0] = d[0]; }
    static void out(const Lane* d, int s, Lane* t, int u) { (void)s, (void)u, t[0] = d[0]; }
};

template <>
struct Axis<Tiling::f2x3> {
    static void weigh(const Lane* d, int s, Lane* t, int u) {
        const Lane outer = .5F * (d[0] + d[2 * s]), middle = .5F * d[s];
        t[0] = d[0];
        t[u] = outer + middle;
        t[2 * u] = outer - middle;
        t[3 * u] = d[2 * s];
    }
    static void in(const Lane* d, int s, Lane* t, int u) {
        const Lane d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s];
        t[0] = d0 - d2;
        t[u] = d1 + d2;
        t[2 * u] = d2 - d1;
        t[3 * u] = d1 - d3;
    }
    static void out(const Lane* d, int s, Lane* t, int u) {
        const Lane d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s];
        t[0] = d0 + d1 + d2;
        t[u] = d1 - d2 - d3;
    }
};

/// At the points 0, +-near, +-far and infinity. near * far = 1 keeps the numbers of all tiles
/// alike, which halves the rounding error that the usual 0, +-1, +-2 have.
constexpr float near = .70710678F, far = 1.41421356F;

template <>
struct Axis<Tiling::f4x3> {
    static void weigh(const Lane* d, int s, Lane* t, int u) {
        const Lane d0 = d[0], d1 = d[s], d2 = d[2 * s];
        const Lane even = (d0 + .5F * d2) * (-2.F / 3), odd = d1 * (near * (-2.F / 3));
        const Lane even2 = (d0 + 2.F * d2) * (1.F / 6), odd2 = d1 * (far * (1.F / 6));
        t[0] = d0;
        t[u] = even + odd;
        t[2 * u] = even - odd;
        t[3 * u] = even2 + odd2;
        t[4 * u] = even2 - odd2;
        t[5 * u] = d2;
    }
    static void in(const Lane* d, int s, Lane* t, int u) {
        const Lane d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s];
        const Lane d5 = d[5 * s];
        const Lane even = d4 - 2.F * d2, odd = near * (d3 - 2.F * d1);
        const Lane even2 = d4 - .5F * d2, odd2 = far * (d3 - .5F * d1);
        t[0] = d0 - 2.5F * d2 + d4;
        t[u] = even + odd;
        t[2 * u] = even - odd;
        t[3 * u] = even2 + odd2;
        t[4 * u] = even2 - odd2;
        t[5 * u] = d1 - 2.5F * d3 + d5;
    }
    static void out(const Lane* d, int s, Lane* t, int u) {
        const Lane d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s];
        const Lane sum = d1 + d2, sum2 = d3 + d4;
        const Lane difference = near * (d1 - d2), difference2 = far * (d3 - d4);
        t[0] = d[0] + sum + sum2;
        t[u] = difference + difference2;
        t[2 * u] = .5F * sum + 2.F * sum2;
        t[3 * u] = .5F * difference + 2.F * difference2 + d[5 * s];
    }
};

/// Between equal values the three weights act as their sum; across an edge, one acts on the step.
struct Repeated {
    static void weigh(const Lane* d, int s, Lane* t, int u) {
        t[0] = d[0] + d[s] + d[2 * s];
        t[u] = d[0];
        t[2 * u] = d[2 * s];
    }
    static void in(const Lane* d, int s, Lane* t, int u) {
        const Lane d1 = d[s];
        t[0] = d1;
        t[u] = d[0] - d1;
        t[2 * u] = d[2 * s] - d1;
    }
};
template <>
struct Axis<Tiling::twice> : Repeated {
    static void out(const Lane* d, int s, Lane* t, int u) {
        t[0] = d[0] + d[s];
        t[u] = d[0] + d[2 * s];
    }
};
template <>
struct Axis<Tiling::fourth> : Repeated {
    static void out(const Lane* d, int s, Lane* t, int u) {
        t[0] = d[0] + d[s];
        t[u] = d[0];
        t[2 * u] = d[0];
        t[3 * u] = d[0] + d[2 * s];
    }
};

template <Tiling plane, Tiling depth>
void combine_rows(const float* taps, int rows, float* out, std::ptrdiff_t stride) {
    constexpr TileSize p = tile_size(plane), d = tile_size(depth);
    constexpr int side = plane == Tiling::point ? 1 : 3, length = depth == Tiling::point ? 1 : 3;
    constexpr int flat = side * side;
    for (int at = 0; at < rows * lane_channels; at += width) {
        const float* from = taps + at / lane_channels * flat * length * lane_channels;
        from += at % lane_channels;
        Lane a[d.products][flat];
        for (int i = 0; i < flat; ++i) {
            Lane column[length];
            for (int z = 0; z < length; ++z)
                column[z] = load(from + (z * flat + i) * lane_channels);
            Axis<depth>::weigh(column, 1, &a[0][i], flat);
        }
        for (int z = 0; z < d.products; ++z) {
            Lane b[p.products][side];
            for (int x = 0; x < side; ++x)
                Axis<plane>::weigh(&a[z][x], side, &b[0][x], side);
            for (int y = 0; y < p.products; ++y) {
                Lane row[p.products];
                Axis<plane>::weigh(b[y], 1, row, 1);
                for (int x = 0; x < p.products; ++x)
                    store(out + ((z * p.products + y) * p.products + x) * stride + at, row[x]);
            }
        }
    }
}

template <Tiling plane, Tiling depth, bool halves>
void enter_tile(const float* const* taps, int channels, float* out, std::ptrdiff_t stride) {
    constexpr TileSize p = tile_size(plane), d = tile_size(depth);
    for (int c = 0; c < channels; c += width) {
        Lane a[d.taps][p.taps][p.products], b[d.taps][p.products][p.products];
        for (int z = 0; z < d.taps; ++z) {
            for (int y = 0; y < p.taps; ++y) {
                Lane row[p.taps];
                for (int x = 0; x < p.taps; ++x)
                    row[x] = load(taps[(z * p.taps + y) * p.taps + x] + c);
                Axis<plane>::in(row, 1, a[z][y], 1);
            }
            for (int x = 0; x < p.products; ++x)
                Axis<plane>::in(&a[z][0][x], p.products, &b[z][0][x], p.products);
        }
        for (int i = 0; i < p.products * p.products; ++i) {
            Lane column[d.products];
            Axis<depth>::in(&b[0][0][0] + i, p.products * p.products, column, 1);
            for (int z = 0; z < d.products; ++z) {
                float* to = out + (z * p.products * p.products + i) * stride;
                if constexpr (halves) {
                    store_halves(to, c, column[z]);
                } else {
                    store(to + c, column[z]);
                }
            }
        }
    }
}

template <Tiling plane, Tiling depth>
void leave_tile(const float* in, std::ptrdiff_t stride, int channels, float* out) {
    constexpr TileSize p = tile_size(plane), d = tile_size(depth);
    for (int c = 0; c < channels; c += width) {
        Lane a[d.outputs][p.products][p.products], b[p.outputs][p.products];
        for (int i = 0; i < p.products * p.products; ++i) {
            Lane column[d.products];
            for (int z = 0; z < d.products; ++z)
                column[z] = load(in + (z * p.products * p.products + i) * stride + c);
            Axis<depth>::out(column, 1, &a[0][0][0] + i, p.products * p.products);
        }
        for (int z = 0; z < d.outputs; ++z) {
            for (int x = 0; x < p.products; ++x)
                Axis<plane>::out(&a[z][0][x], p.products, &b[0][x], p.products);
            for (int y = 0; y < p.outputs; ++y) {
                Lane row[p.outputs];
                Axis<plane>::out(b[y], 1, row, 1);
                for (int x = 0; x < p.outputs; ++x)
                    store(out + ((z * p.outputs + y) * p.outputs + x) * channels + c, row[x]);
            }
        }
    }
}

void combine(Tilings tilings, const float* taps, int rows, float* out, std::ptrdiff_t stride) {
    const bool deep = tilings.depth == Tiling::f2x3;
    switch (tilings.plane) {
        case Tiling::point:
            return combine_rows<Tiling::point, Tiling::point>(taps, rows, out, stride);
        case Tiling::f2x3:
            return (deep ? combine_rows<Tiling::f2x3, Tiling::f2x3>
                         : combine_rows<Tiling::f2x3, Tiling::point>)(taps, rows, out, stride);
        case Tiling::f4x3:
            return (deep ? combine_rows<Tiling::f4x3, Tiling::f2x3>
                         : combine_rows<Tiling::f4x3, Tiling::point>)(taps, rows, out, stride);
        case Tiling::twice:
        case Tiling::fourth:
            return (deep ? combine_rows<Tiling::twice, Tiling::f2x3>
                         : combine_rows<Tiling::twice, Tiling::point>)(taps, rows, out, stride);
    }
}

void enter(Tilings tilings, const float* const* taps, int channels, float* out,
           std::ptrdiff_t stride) {
    const bool deep = tilings.depth == Tiling::f2x3;
    switch (tilings.plane) {
        case Tiling::point:
            return enter_tile<Tiling::point, Tiling::point, false>(taps, channels, out, stride);
        case Tiling::f2x3:
            return (deep ? enter_tile<Tiling::f2x3, Tiling::f2x3, false>
                         : enter_tile<Tiling::f2x3, Tiling::point, false>)(taps, channels, out,
                                                                           stride);
        case Tiling::f4x3:
            return (deep ? enter_tile<Tiling::f4x3, Tiling::f2x3, false>
                         : enter_tile<Tiling::f4x3, Tiling::point, false>)(taps, channels, out,
                                                                           stride);
        case Tiling::twice:
            return (deep ? enter_tile<Tiling::twice, Tiling::f2x3, false>
                         : enter_tile<Tiling::twice, Tiling::point, false>)(taps, channels, out,
                                                                            stride);
        case Tiling::fourth:
            return enter_tile<Tiling::fourth, Tiling::point, false>(taps, channels, out, stride);
    }
}

void enter_halves(Tiling plane, const float* const* taps, int channels, float* out,
                  std::ptrdiff_t stride) {
    switch (plane) {
        case Tiling::point:
            return enter_tile<Tiling::point, Tiling::point, true>(taps, channels, out, stride);
        case Tiling::f2x3:
            return enter_tile<Tiling::f2x3, Tiling::point, true>(taps, channels, out, stride);
        case Tiling::f4x3:
            return enter_tile<Tiling::f4x3, Tiling::point, true>(taps, channels, out, stride);
        case Tiling::twice:
            return enter_tile<Tiling::twice, Tiling::point, true>(taps, channels, out, stride);
        case Tiling::fourth:
            return enter_tile<Tiling::fourth, Tiling::point, true>(taps, channels, out, stride);
    }
}

void leave(Tilings tilings, const float* in, std::ptrdiff_t stride, int channels, float* out) {
    const bool deep = tilings.depth == Tiling::f2x3;
    switch (tilings.plane) {
        case Tiling::point:
            return leave_tile<Tiling::point, Tiling::point>(in, stride, channels, out);
        case Tiling::f2x3:
            return (deep ? leave_tile<Tiling::f2x3, Tiling::f2x3>
                         : leave_tile<Tiling::f2x3, Tiling::point>)(in, stride, channels, out);
        case Tiling::f4x3:
            return (deep ? leave_tile<Tiling::f4x3, Tiling::f2x3>
                         : leave_tile<Tiling::f4x3, Tiling::point>)(in, stride, channels, out);
        case Tiling::twice:
            return (deep ? leave_tile<Tiling::twice, Tiling::f2x3>
                         : leave_tile<Tiling::twice, Tiling::point>)(in, stride, channels, out);
        case Tiling::fourth:
            return leave_tile<Tiling::fourth, Tiling::point>(in, stride, channels, out);
    }
}

}  // namespace
}  // namespace ditto::cpu
