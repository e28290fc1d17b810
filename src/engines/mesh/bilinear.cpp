#include "engines/mesh/bilinear.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ditto::mesh {
namespace {

void plain_row(const PackedPixels& from, const std::int32_t* x, const std::int32_t* y, int count,
               std::uint32_t* out) {
    for (int i = 0; i < count; ++i)
        out[i] = bilinear(from, x[i], y[i]);
}

#if defined(__x86_64__)

/// mixed() for eight pixels; the same arithmetic, so that every processor draws the same frame.
__attribute__((target("avx2"))) inline __m256i mixed8(__m256i a, __m256i b, __m256i weight_of_b) {
    const __m256i even = _mm256_set1_epi32(0x00FF00FF);
    const __m256i half = _mm256_set1_epi16(0x80);
    // Weights in both 16-bit lanes of a pixel: channels times weights fit 16 bits.
    const __m256i both = _mm256_or_si256(weight_of_b, _mm256_slli_epi32(weight_of_b, 16));
    const __m256i other = _mm256_sub_epi16(_mm256_set1_epi16(256), both);
    const auto mix = [&](__m256i p, __m256i q) __attribute__((target("avx2"))) {
        return _mm256_add_epi16(
            _mm256_add_epi16(_mm256_mullo_epi16(p, other), _mm256_mullo_epi16(q, both)), half);
    };
    const __m256i low = mix(_mm256_and_si256(a, even), _mm256_and_si256(b, even));
    const __m256i high = mix(_mm256_and_si256(_mm256_srli_epi32(a, 8), even),
                             _mm256_and_si256(_mm256_srli_epi32(b, 8), even));
    return _mm256_or_si256(_mm256_srli_epi16(low, 8), _mm256_andnot_si256(even, high));
}

/// Four pairs of neighbours, each a pixel and the one to its right. Plain loads: gathering takes
/// longer on most processors.
__attribute__((target("avx2"))) inline __m256i pairs(const std::uint32_t* pixels,
                                                     const std::int32_t* index) {
    const auto pair = [&](int i) {
        long long both = 0;
        std::memcpy(&both, pixels + index[i], sizeof both);
        return both;
    };
    return _mm256_set_epi64x(pair(3), pair(2), pair(1), pair(0));
}

__attribute__((target("avx2"))) void avx2_row(const PackedPixels& from, const std::int32_t* x,
                                              const std::int32_t* y, int count,
                                              std::uint32_t* out) {
    const std::uint32_t* above = from.pixels;
    const std::uint32_t* below = from.pixels + from.width;
    const __m256i zero = _mm256_setzero_si256();
    const __m256i limit_x = _mm256_set1_epi32(from.limit_x);
    const __m256i limit_y = _mm256_set1_epi32(from.limit_y);
    const __m256i width = _mm256_set1_epi32(from.width);
    const __m256i fraction = _mm256_set1_epi32(255);
    alignas(32) std::array<std::int32_t, 8> index;
    int i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i px = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + i));
        __m256i py = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(y + i));
        px = _mm256_min_epi32(_mm256_max_epi32(px, zero), limit_x);
        py = _mm256_min_epi32(_mm256_max_epi32(py, zero), limit_y);
        _mm256_store_si256(reinterpret_cast<__m256i*>(index.data()),
                           _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srai_epi32(py, 8), width),
                                            _mm256_srai_epi32(px, 8)));
        const __m256i right = _mm256_and_si256(px, fraction);
        const __m256i down = _mm256_and_si256(py, fraction);
        // Weights of pixels 0-3 and 4-7, each twice, for both pixels of a pair.
        const __m256i order_low = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
        const __m256i order_high = _mm256_setr_epi32(4, 4, 5, 5, 6, 6, 7, 7);
        const __m256i low = mixed8(pairs(above, index.data()), pairs(below, index.data()),
                                   _mm256_permutevar8x32_epi32(down, order_low));
        const __m256i high = mixed8(pairs(above, index.data() + 4), pairs(below, index.data() + 4),
                                    _mm256_permutevar8x32_epi32(down, order_high));
        // Left and right pixels of the pairs; their order is 0 1 4 5 2 3 6 7.
        const __m256 low_lanes = _mm256_castsi256_ps(low);
        const __m256 high_lanes = _mm256_castsi256_ps(high);
        const __m256i lefts = _mm256_castps_si256(_mm256_shuffle_ps(low_lanes, high_lanes, 0x88));
        const __m256i rights = _mm256_castps_si256(_mm256_shuffle_ps(low_lanes, high_lanes, 0xDD));
        const __m256i result =
            mixed8(lefts, rights, _mm256_permute4x64_epi64(right, _MM_SHUFFLE(3, 1, 2, 0)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i),
                            _mm256_permute4x64_epi64(result, _MM_SHUFFLE(3, 1, 2, 0)));
    }
    plain_row(from, x + i, y + i, count - i, out + i);
}

#endif

}  // namespace

void bilinear_row(const PackedPixels& from, const std::int32_t* x, const std::int32_t* y, int count,
                  std::uint32_t* out) {
#if defined(__x86_64__)
    static const bool has_avx2 = __builtin_cpu_supports("avx2");
    if (has_avx2) {
        avx2_row(from, x, y, count, out);
        return;
    }
#endif
    plain_row(from, x, y, count, out);
}

}  // namespace ditto::mesh
