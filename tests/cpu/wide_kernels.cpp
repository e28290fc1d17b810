namespace ditto::cpu {
namespace {
constexpr int width = 16;
}
}  // namespace ditto::cpu

#include "wide_kernels.h"

#include "cpu/kernels_body.h"

namespace ditto::cpu {

const Kernels& wide_kernels() {
    static constexpr Kernels kernels{"wide", multiply<Whole>, multiply<Pairs>, combine,
                                     enter,  enter_halves,    pair_rows,       leave,
                                     finish, to_frequencies,  to_places,       moments};
    return kernels;
}

}  // namespace ditto::cpu
