#pragma once

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "cpu/conv.h"
#include "wide_kernels.h"

namespace ditto::cpu {

/// Of the kinds that this processor can run.
inline std::vector<const Kernels*> runnable_kernels() {
    std::vector<const Kernels*> all;
    const Kernels* best = kernels_of_this_processor();
    if (best == nullptr) return all;
    all = {&avx2_kernels(), &wide_kernels()};
    if (best != &avx2_kernels()) all.push_back(best);
    if (best == &avx512_bf16_kernels()) all.push_back(&avx512_kernels());
    return all;
}

class Numbers {
  public:
    float next() { return spread_(generator_); }
    void fill(std::vector<float>& values, std::size_t count) {
        values.resize(count);
        for (float& value : values)
            value = next();
    }
    /// The first `channels` of every place; the padding is zero.
    void fill(const Map& map, int channels) {
        for (std::size_t i = 0; i < map.count(); ++i) {
            const auto channel = static_cast<int>(i % static_cast<std::size_t>(map.channels));
            map.data[i] = channel < channels ? next() : 0;
        }
    }
    ConvWeights weights(int in, int out, int kernel, bool volume) {
        ConvWeights weights{{out, in, kernel, volume}, {}, {}};
        const int size = kernel * kernel * (volume ? kernel : 1);
        fill(weights.values, static_cast<std::size_t>(out * in * size));
        fill(weights.bias, static_cast<std::size_t>(out));
        return weights;
    }

  private:
    std::mt19937 generator_{7};
    std::uniform_real_distribution<float> spread_{-1, 1};
};

inline ConvSource source(const ConvWeights& weights) {
    return {weights, [&weights] { return weights; }};
}

/// One result of a convolution, by its definition; values of `from` stand `scale` times.
inline double naive(const ConvWeights& w, const Map& from, int scale, int z, int y, int x, int o) {
    const int deep = w.volume ? w.kernel : 1;
    const Map enlarged = from;
    double sum = w.bias[static_cast<std::size_t>(o)];
    std::size_t at = static_cast<std::size_t>(o * w.in * deep * w.kernel * w.kernel);
    for (int i = 0; i < w.in; ++i) {
        for (int tap = 0; tap < deep * w.kernel * w.kernel; ++tap, ++at) {
            const int zz = z + tap / (w.kernel * w.kernel) - deep / 2;
            const int yy = y + tap / w.kernel % w.kernel - w.kernel / 2;
            const int xx = x + tap % w.kernel - w.kernel / 2;
            if (yy < 0 || xx < 0) continue;
            const float* value = enlarged.at(zz, yy / scale, xx / scale);
            if (value != nullptr) sum += double{value[i]} * double{w.values[at]};
        }
    }
    return sum;
}

}  // namespace ditto::cpu
