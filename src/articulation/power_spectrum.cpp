#include "articulation/power_spectrum.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace ditto {

PowerSpectrum::PowerSpectrum() {
    for (std::size_t k = 0; k <= size_; ++k) {
        const double phase = -2 * std::numbers::pi * double(k) / samples;
        turns_.re[k] = static_cast<float>(std::cos(phase));
        turns_.im[k] = static_cast<float>(std::sin(phase));
    }
}

void PowerSpectrum::operator()(std::span<const float, samples> signal,
                               std::span<float, bins> power) const {
    Complexes a, b;
    Complexes* from = &a;
    Complexes* to = &b;
    for (std::size_t i = 0; i < size_; ++i) {
        from->re[i] = signal[2 * i];
        from->im[i] = signal[2 * i + 1];
    }
    for (std::size_t n = size_, stride = 1; n > 1; n /= 4, stride *= 4, std::swap(from, to)) {
        const std::size_t quarter = n / 4 * stride;
        for (std::size_t p = 0; p < n / 4; ++p) {
            const std::size_t turn = p * stride * 2;  // of p / n
            const float r1 = turns_.re[turn], i1 = turns_.im[turn];
            const float r2 = r1 * r1 - i1 * i1, i2 = 2 * r1 * i1;
            const float r3 = r1 * r2 - i1 * i2, i3 = r1 * i2 + i1 * r2;
            const float* re = &from->re[p * stride];
            const float* im = &from->im[p * stride];
            float* out_re = &to->re[4 * p * stride];
            float* out_im = &to->im[4 * p * stride];
            for (std::size_t q = 0; q < stride; ++q) {
                const float sum02_re = re[q] + re[q + 2 * quarter];
                const float sum02_im = im[q] + im[q + 2 * quarter];
                const float dif02_re = re[q] - re[q + 2 * quarter];
                const float dif02_im = im[q] - im[q + 2 * quarter];
                const float sum13_re = re[q + quarter] + re[q + 3 * quarter];
                const float sum13_im = im[q + quarter] + im[q + 3 * quarter];
                const float dif13_re = re[q + quarter] - re[q + 3 * quarter];
                const float dif13_im = im[q + quarter] - im[q + 3 * quarter];
                out_re[q] = sum02_re + sum13_re;
                out_im[q] = sum02_im + sum13_im;
                const float x1 = dif02_re + dif13_im, y1 = dif02_im - dif13_re;
                out_re[q + stride] = r1 * x1 - i1 * y1;
                out_im[q + stride] = r1 * y1 + i1 * x1;
                const float x2 = sum02_re - sum13_re, y2 = sum02_im - sum13_im;
                out_re[q + 2 * stride] = r2 * x2 - i2 * y2;
                out_im[q + 2 * stride] = r2 * y2 + i2 * x2;
                const float x3 = dif02_re - dif13_im, y3 = dif02_im + dif13_re;
                out_re[q + 3 * stride] = r3 * x3 - i3 * y3;
                out_im[q + 3 * stride] = r3 * y3 + i3 * x3;
            }
        }
    }
    // the even samples' spectrum and the odd ones', from that of both as one complex signal
    from->re[size_] = from->re[0];
    from->im[size_] = from->im[0];
    for (std::size_t k = 0; k < bins; ++k) {
        const float re = from->re[k], im = from->im[k];
        const float mirror_re = from->re[size_ - k], mirror_im = -from->im[size_ - k];
        const float even_re = re + mirror_re, even_im = im + mirror_im;
        const float odd_re = im - mirror_im, odd_im = mirror_re - re;
        const float x = even_re + turns_.re[k] * odd_re - turns_.im[k] * odd_im;
        const float y = even_im + turns_.re[k] * odd_im + turns_.im[k] * odd_re;
        power[k] = .25F * (x * x + y * y);
    }
}

}  // namespace ditto
