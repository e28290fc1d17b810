// Included by the files that give `width`, in floats, and are compiled for a kind of processor.
// Nothing here may be shared with code that is compiled for another one, so everything is in an
// unnamed namespace and no standard function is called.

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

#include "cpu/kernels.h"

namespace ditto::cpu {
namespace {

using Lane = float __attribute__((vector_size(width * sizeof(float)), aligned(4), may_alias));

using Words = std::uint32_t __attribute__((vector_size(width * sizeof(float)), may_alias));

constexpr int lanes = lane_channels / width;

inline Lane load(const float* from) {
    return *reinterpret_cast<const Lane*>(from);
}
inline void store(float* to, Lane value) {
    *reinterpret_cast<Lane*>(to) = value;
}
inline Lane spread(float value) {
    return value - Lane{};
}

// ---- numbers of half the width: bf16, the upper half of a float

using Halves = std::uint16_t
    __attribute__((vector_size(width * sizeof(std::uint16_t)), aligned(2), may_alias));

/// Rounded to the nearest, in the lower half of each.
inline Words halved(Lane value) {
    const auto bits = reinterpret_cast<Words>(value);
    return (bits + 0x7fffU + (bits >> 16U & 1U)) >> 16U;
}

/// To `to` as to an array of halves.
inline void store_halves(float* to, std::ptrdiff_t at, Lane value) {
    *reinterpret_cast<Halves*>(reinterpret_cast<std::uint16_t*>(to) + at) =
        __builtin_convertvector(halved(value), Halves);
}

// ---- product of matrices

/// sum + left * right
struct Whole {
    static Lane all(const float& value) { return spread(value); }
    static Lane add(Lane sum, Lane left, Lane right) { return sum + left * right; }
};

/// The same for two halves in each place.
struct Pairs {
    /// Bit by bit: as a number, two halves may be anything.
    static Lane all(const float& value) {
        std::uint32_t bits = 0;
        __builtin_memcpy(&bits, &value, sizeof bits);
        return reinterpret_cast<Lane>(bits - Words{});
    }
    static Lane add(Lane sum, Lane left, Lane right) {
#ifdef __AVX512BF16__
        return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(left),
                                reinterpret_cast<__m512bh>(right));
#else
        const auto a = reinterpret_cast<Words>(left), b = reinterpret_cast<Words>(right);
        sum += reinterpret_cast<Lane>(a << 16U) * reinterpret_cast<Lane>(b << 16U);
        return sum +
               reinterpret_cast<Lane>(a & 0xffff0000U) * reinterpret_cast<Lane>(b & 0xffff0000U);
#endif
    }
};

template <class Numbers, int rows>
inline void multiply_block(int depth, const float* a, std::ptrdiff_t lda, const float* b, float* c,
                           std::ptrdiff_t ldc, bool accumulate) {
    Lane sums[rows][lanes];
#pragma GCC unroll 32
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
        for (int l = 0; l < lanes; ++l)
            sums[r][l] = accumulate ? load(c + r * ldc + l * width) : Lane{};
    }
    for (int k = 0; k < depth; ++k, b += lane_channels) {
        Lane right[lanes];
#pragma GCC unroll 4
        for (int l = 0; l < lanes; ++l)
            right[l] = load(b + l * width);
#pragma GCC unroll 32
        for (int r = 0; r < rows; ++r) {
            const Lane left = Numbers::all(a[r * lda + k]);
#pragma GCC unroll 4
            for (int l = 0; l < lanes; ++l)
                sums[r][l] = Numbers::add(sums[r][l], left, right[l]);
        }
    }
#pragma GCC unroll 32
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
        for (int l = 0; l < lanes; ++l)
            store(c + r * ldc + l * width, sums[r][l]);
    }
}

template <class Numbers, int rows>
inline void multiply_rows(int count, int depth, const float* a, std::ptrdiff_t lda, const float* b,
                          float* c, std::ptrdiff_t ldc, bool accumulate) {
    for (; count >= rows; count -= rows, a += rows * lda, c += rows * ldc)
        multiply_block<Numbers, rows>(depth, a, lda, b, c, ldc, accumulate);
    if constexpr (rows > 1) {
        constexpr int smaller = rows > 6 ? rows / 2 : rows - 1;
        if (count > 0) multiply_rows<Numbers, smaller>(count, depth, a, lda, b, c, ldc, accumulate);
    }
}

template <class Numbers>
void multiply(int rows, int depth, int panels, const float* a, std::ptrdiff_t lda, const float* b,
              std::ptrdiff_t panel_stride, float* c, std::ptrdiff_t ldc, bool accumulate) {
    constexpr int slice = 256;  // 16 KB of a panel stay in the first cache
    constexpr int block = width == 16 ? 24 : 6;
    for (int from = 0; from < depth; from += slice) {
        const int count = depth - from < slice ? depth - from : slice;
        for (int p = 0; p < panels; ++p) {
            multiply_rows<Numbers, block>(rows, count, a + from, lda,
                                          b + p * panel_stride + from * lane_channels,
                                          c + p * lane_channels, ldc, accumulate || from > 0);
        }
    }
}

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

/// Two rows become one of pairs, in place.
void pair_rows(float* rows, int count) {
    for (int row = 0; row < count; row += 2) {
        for (int l = 0; l < lane_channels; l += width) {
            const Words first = halved(load(rows + row * lane_channels + l));
            const Words second = halved(load(rows + (row + 1) * lane_channels + l));
            store(rows + row / 2 * lane_channels + l,
                  reinterpret_cast<Lane>(first | second << 16U));
        }
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

// ---- what follows a convolution

inline Lane bend(Lane value, float slope) {
    return value < Lane{} ? value * slope : value;
}

void finish(const Finish& f) {
    for (int o = 0; o < f.outputs; ++o) {
        float* to = f.to[o];
        if (to == nullptr) continue;
        const float* values = f.values + o * f.stride;
        for (int c = 0; c < f.count; c += width) {
            Lane value = load(values + c) + load(f.bias + c);
            if (f.scaled != nullptr) {
                const Lane x = load(f.scaled[o] + c);
                value *= x * load(f.norm_scale + c) + load(f.norm_shift + c);
                if (f.shifts) value += load(values + f.count + c) + load(f.bias + f.count + c);
            }
            if (f.add != nullptr) value += load(f.add[o] + c);
            store(to + c, bend(value, f.slope));
        }
    }
}

// ---- Fourier transform of 16 values: two rounds of transforms of four

constexpr float cosine[16] = {
    1,  .92387953F,  .70710678F,  .38268343F,  0, -.38268343F, -.70710678F, -.92387953F,
    -1, -.92387953F, -.70710678F, -.38268343F, 0, .38268343F,  .70710678F,  .92387953F};

/// sign: -1 for the way to frequencies, 1 for the way back.
template <int sign>
inline void fourier_four(Lane* re, Lane* im, int s) {
    const Lane r0 = re[0] + re[2 * s], r1 = re[0] - re[2 * s];
    const Lane i0 = im[0] + im[2 * s], i1 = im[0] - im[2 * s];
    const Lane r2 = re[s] + re[3 * s], i2 = im[s] + im[3 * s];
    // (x1 - x3) times the sign's i
    const Lane r3 = static_cast<float>(-sign) * (im[s] - im[3 * s]);
    const Lane i3 = static_cast<float>(sign) * (re[s] - re[3 * s]);
    re[0] = r0 + r2, im[0] = i0 + i2;
    re[s] = r1 + r3, im[s] = i1 + i3;
    re[2 * s] = r0 - r2, im[2 * s] = i0 - i2;
    re[3 * s] = r1 - r3, im[3 * s] = i1 - i3;
}

/// In place; value k of the result is at position_of(k).
template <int sign>
inline void fourier(Lane* re, Lane* im) {
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) {
        fourier_four<sign>(re + n, im + n, 4);
#pragma GCC unroll 4
        for (int k = 1; k < 4; ++k) {
            const int turn = n * k;
            const float c = cosine[turn], s = static_cast<float>(sign) * cosine[(turn + 12) % 16];
            const Lane r = re[4 * k + n], i = im[4 * k + n];
            re[4 * k + n] = r * c - i * s;
            im[4 * k + n] = r * s + i * c;
        }
    }
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k)
        fourier_four<sign>(re + 4 * k, im + 4 * k, 1);
}
constexpr int position_of(int k) {
    return k % 4 * 4 + k / 4;
}

constexpr int plane_size = fourier_side * fourier_half;

void to_frequencies(const float* const* taps, int channels, float* out, std::ptrdiff_t stride) {
    static thread_local Lane re[frequencies], im[frequencies];
    for (int c = 0; c < channels; c += width) {
        Lane r[fourier_side], i[fourier_side];
        for (int row = 0; row < fourier_side * fourier_side; ++row) {
            for (int x = 0; x < fourier_side; ++x) {
                r[x] = load(taps[row * fourier_side + x] + c);
                i[x] = Lane{};
            }
            fourier<-1>(r, i);
            for (int k = 0; k < fourier_half; ++k) {
                re[row * fourier_half + k] = r[position_of(k)];
                im[row * fourier_half + k] = i[position_of(k)];
            }
        }
        for (int z = 0; z < fourier_side; ++z) {
            for (int x = 0; x < fourier_half; ++x) {
                const int first = z * plane_size + x;
                for (int y = 0; y < fourier_side; ++y)
                    r[y] = re[first + y * fourier_half], i[y] = im[first + y * fourier_half];
                fourier<-1>(r, i);
                for (int y = 0; y < fourier_side; ++y) {
                    re[first + y * fourier_half] = r[position_of(y)];
                    im[first + y * fourier_half] = i[position_of(y)];
                }
            }
        }
        for (int yx = 0; yx < plane_size; ++yx) {
            for (int z = 0; z < fourier_side; ++z)
                r[z] = re[yx + z * plane_size], i[z] = im[yx + z * plane_size];
            fourier<-1>(r, i);
            for (int z = 0; z < fourier_side; ++z) {
                float* to = out + (z * plane_size + yx) * stride + c;
                store(to, r[position_of(z)]);
                store(to + channels, i[position_of(z)]);
            }
        }
    }
}

void to_places(const float* in, std::ptrdiff_t stride, int imaginary, int channels, int kept,
               float* out) {
    static thread_local Lane re[frequencies], im[frequencies];
    for (int c = 0; c < channels; c += width) {
        Lane r[fourier_side], i[fourier_side];
        for (int yx = 0; yx < plane_size; ++yx) {
            for (int z = 0; z < fourier_side; ++z) {
                const float* from = in + (z * plane_size + yx) * stride + c;
                r[z] = load(from), i[z] = load(from + imaginary);
            }
            fourier<1>(r, i);
            for (int z = 0; z < kept; ++z) {
                re[yx + z * plane_size] = r[position_of(z)];
                im[yx + z * plane_size] = i[position_of(z)];
            }
        }
        for (int z = 0; z < kept; ++z) {
            for (int x = 0; x < fourier_half; ++x) {
                const int first = z * plane_size + x;
                for (int y = 0; y < fourier_side; ++y)
                    r[y] = re[first + y * fourier_half], i[y] = im[first + y * fourier_half];
                fourier<1>(r, i);
                for (int y = 0; y < kept; ++y) {
                    re[first + y * fourier_half] = r[position_of(y)];
                    im[first + y * fourier_half] = i[position_of(y)];
                }
            }
            for (int y = 0; y < kept; ++y) {
                const int first = z * plane_size + y * fourier_half;
                for (int k = 0; k < fourier_side; ++k) {
                    const bool mirrored = k >= fourier_half;
                    const int from = first + (mirrored ? fourier_side - k : k);
                    r[k] = re[from];
                    i[k] = mirrored ? -im[from] : im[from];
                }
                fourier<1>(r, i);
                for (int x = 0; x < kept; ++x)
                    store(out + ((z * kept + y) * kept + x) * channels + c, r[position_of(x)]);
            }
        }
    }
}

void moments(const float* x, int pixels, int channels, const float* origin, float* sums,
             float* squares) {
    for (int c = 0; c < channels; c += width) {
        const Lane from = load(origin + c);
        Lane sum{}, square{};
        for (int i = 0; i < pixels; ++i) {
            const Lane value = load(x + static_cast<std::ptrdiff_t>(i) * channels + c) - from;
            sum += value;
            square += value * value;
        }
        store(sums + c, sum);
        store(squares + c, square);
    }
}

}  // namespace
}  // namespace ditto::cpu
