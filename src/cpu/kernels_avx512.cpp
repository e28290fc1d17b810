namespace ditto::cpu {
namespace {
constexpr int width = 16;
}
}  // namespace ditto::cpu

#include "cpu/kernels_body.h"

namespace ditto::cpu {

const Kernels& avx512_kernels() {
    static constexpr Kernels kernels{"avx512", multiply<Whole>, nullptr,   combine,
                                     enter,    enter_halves,    pair_rows, leave,
                                     finish,   to_frequencies,  to_places, moments};
    return kernels;
}

}  // namespace ditto::cpu
