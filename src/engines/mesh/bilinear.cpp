#include "engines/mesh/bilinear.h"

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

__attribute__((target("avx2"))) void avx2_row(const PackedPixels& from, const std::int32_t* x,
                                              const std::int32_t* y, int count,
                                              std::uint32_t* out) {
    const auto* pixels = reinterpret_cast<const int*>(from.pixels);
    const __m256i zero = _mm256_setzero_si256();
    const __m256i limit_x = _mm256_set1_epi32(from.limit_x);
    const __m256i limit_y = _mm256_set1_epi32(from.limit_y);
    const __m256i width = _mm256_set1_epi32(from.width);
    const __m256i one = _mm256_set1_epi32(1);
    const __m256i fraction = _mm256_set1_epi32(255);
    int i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i px = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + i));
        __m256i py = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(y + i));
        px = _mm256_min_epi32(_mm256_max_epi32(px, zero), limit_x);
        py = _mm256_min_epi32(_mm256_max_epi32(py, zero), limit_y);
        const __m256i index = _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srai_epi32(py, 8), width),
                                               _mm256_srai_epi32(px, 8));
        const __m256i below = _mm256_add_epi32(index, width);
        const __m256i right = _mm256_and_si256(px, fraction);
        const __m256i down = _mm256_and_si256(py, fraction);
        const __m256i top =
            mixed8(_mm256_i32gather_epi32(pixels, index, 4),
                   _mm256_i32gather_epi32(pixels, _mm256_add_epi32(index, one), 4), right);
        const __m256i bottom =
            mixed8(_mm256_i32gather_epi32(pixels, below, 4),
                   _mm256_i32gather_epi32(pixels, _mm256_add_epi32(below, one), 4), right);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), mixed8(top, bottom, down));
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
