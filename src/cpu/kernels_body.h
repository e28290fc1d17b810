// Included by the files that give `width`, in floats, and are compiled for a kind of processor.
// Nothing here may be shared with code that is compiled for another one, so everything is in an
// unnamed namespace and no standard function is called.

#include "cpu/kernels_fourier.h"
#include "cpu/kernels_lanes.h"
#include "cpu/kernels_products.h"
#include "cpu/kernels_winograd.h"

namespace ditto::cpu {
namespace {

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
