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
