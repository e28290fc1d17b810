#pragma once

// Fourier transforms of cubes. Included by kernels_body.h alone.

#include "cpu/kernels_lanes.h"

namespace ditto::cpu {
namespace {

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

}  // namespace
}  // namespace ditto::cpu
