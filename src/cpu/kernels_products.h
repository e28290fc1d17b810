#pragma once

// Products of matrices, of floats and of pairs of bf16. Included by kernels_body.h alone.

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

#include "cpu/kernels_lanes.h"

namespace ditto::cpu {
namespace {

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

constexpr int floats_of_line = 16;

/// Panels at once: each value of a, spread over a register, then serves that many multiplications.
/// With one, reading a would take longer than multiplying.
constexpr int together = width == lane_channels ? panels_together : 1;
/// Rows at once: their sums fill the registers.
constexpr int most_rows = width == lane_channels ? 12 : 6;

template <class Numbers, int rows, int panels>
void multiply_block(int depth, const float* a, std::ptrdiff_t lda, const float* b,
                    std::ptrdiff_t panel_stride, float* c, std::ptrdiff_t ldc, bool accumulate) {
    constexpr int columns = panels * lanes;
    Lane sums[rows][columns];
#pragma GCC unroll 32
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
        for (int l = 0; l < columns; ++l)
            sums[r][l] = accumulate ? load(c + r * ldc + l * width) : Lane{};
    }
    for (int k = 0; k < depth; ++k, b += lane_channels) {
        if (k % floats_of_line == 0) {  // the next rows
#pragma GCC unroll 32
            for (int r = 0; r < rows; ++r)
                __builtin_prefetch(a + (rows + r) * lda + k, 0, 3);
        }
        Lane right[columns];
#pragma GCC unroll 4
        for (int l = 0; l < columns; ++l)
            right[l] = load(b + l / lanes * panel_stride + l % lanes * width);
#pragma GCC unroll 32
        for (int r = 0; r < rows; ++r) {
            const Lane left = Numbers::all(a[r * lda + k]);
#pragma GCC unroll 4
            for (int l = 0; l < columns; ++l)
                sums[r][l] = Numbers::add(sums[r][l], left, right[l]);
        }
    }
#pragma GCC unroll 32
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
        for (int l = 0; l < columns; ++l)
            store(c + r * ldc + l * width, sums[r][l]);
    }
}

/// `rows`, at most most_rows, by the block of so many.
template <class Numbers, int panels, int most = most_rows>
inline void multiply_rows(int rows, int depth, const float* a, std::ptrdiff_t lda, const float* b,
                          std::ptrdiff_t panel_stride, float* c, std::ptrdiff_t ldc,
                          bool accumulate) {
    if constexpr (most > 1) {
        if (rows < most) {
            return multiply_rows<Numbers, panels, most - 1>(rows, depth, a, lda, b, panel_stride, c,
                                                            ldc, accumulate);
        }
    }
    multiply_block<Numbers, most, panels>(depth, a, lda, b, panel_stride, c, ldc, accumulate);
}

/// Blocks of rows that differ by one at most: a small one would be slow.
template <class Numbers, int panels>
inline void multiply_panels(int rows, int depth, const float* a, std::ptrdiff_t lda, const float* b,
                            std::ptrdiff_t panel_stride, float* c, std::ptrdiff_t ldc,
                            bool accumulate) {
    const int blocks = (rows + most_rows - 1) / most_rows;
    for (int i = 0, row = 0; i < blocks; ++i) {
        const int count = (rows - row) / (blocks - i);
        multiply_rows<Numbers, panels>(count, depth, a + row * lda, lda, b, panel_stride,
                                       c + row * ldc, ldc, accumulate);
        row += count;
    }
}

template <class Numbers>
void multiply(int rows, int depth, int panels, const float* a, std::ptrdiff_t lda, const float* b,
              std::ptrdiff_t panel_stride, float* c, std::ptrdiff_t ldc, bool accumulate) {
    constexpr int slice = 256;  // 16 KB of a panel stay in the first cache
    for (int from = 0; from < depth; from += slice) {
        const int count = depth - from < slice ? depth - from : slice;
        const float* right = b + from * lane_channels;
        const bool add = accumulate || from > 0;
        int panel = 0;
        for (; panel + together <= panels; panel += together) {
            multiply_panels<Numbers, together>(rows, count, a + from, lda,
                                               right + panel * panel_stride, panel_stride,
                                               c + panel * lane_channels, ldc, add);
        }
        for (; panel < panels; ++panel) {
            multiply_panels<Numbers, 1>(rows, count, a + from, lda, right + panel * panel_stride,
                                        panel_stride, c + panel * lane_channels, ldc, add);
        }
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

}  // namespace
}  // namespace ditto::cpu
