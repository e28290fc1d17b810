#include "cpu/planes.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ditto::cpu {

void channels_last(Pool& pool, const float* from, int channels, const Map& to) {
    const int places = to.depth * to.height * to.width;
    constexpr int block = 256;
    pool.run((places + block - 1) / block, [&](int part, int) {
        const int end = std::min(places, (part + 1) * block);
        for (int c = 0; c < to.channels; ++c) {
            for (int i = part * block; i < end; ++i) {
                to.data[std::ptrdiff_t{i} * to.channels + c] =
                    c < channels ? from[std::ptrdiff_t{c} * places + i] : 0;
            }
        }
    });
}

void instance_norm(Workshop& shop, const Map& x, float* scale, float* shift) {
    constexpr int block = 128;
    const int places = x.depth * x.height * x.width;
    const int parts = (places + block - 1) / block;
    const auto channels = static_cast<std::size_t>(x.channels);
    std::vector<float> partial(static_cast<std::size_t>(parts) * 2 * channels);
    shop.pool.run(parts, [&](int part, int) {
        float* sums = partial.data() + static_cast<std::size_t>(part) * 2 * channels;
        const int first = part * block;
        shop.kernels.moments(x.data + std::ptrdiff_t{first} * x.channels,
                             std::min(block, places - first), x.channels, x.data, sums,
                             sums + channels);
    });
    for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0, square = 0;
        for (std::size_t part = 0; part < static_cast<std::size_t>(parts); ++part) {
            sum += partial[part * 2 * channels + c];
            square += partial[(part * 2 + 1) * channels + c];
        }
        const double mean = sum / places;
        const double variance = std::max(0., square / places - mean * mean);
        const double factor = 1 / std::sqrt(variance + 1e-5);
        scale[c] = static_cast<float>(factor);
        shift[c] = static_cast<float>(-(mean + double{x.data[c]}) * factor);
    }
}

}  // namespace ditto::cpu
