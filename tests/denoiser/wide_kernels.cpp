// The loops for vectors of 16 floats, which the compiler splits where the processor's are shorter:
// so that what AVX-512 runs is tested on every machine.
#include "denoiser/vector_kernels.h"

namespace ditto::denoiser {
namespace {

constexpr std::size_t lanes = 16;

#include "denoiser/vector_loops.h"

constexpr VectorKernels wide_table{"16 lanes", panel, multiply, layer_norm,
                                   softmax,    gelu,  rotate,   add_modulated};

}  // namespace

const VectorKernels* wide_kernels() {
    return &wide_table;
}

}  // namespace ditto::denoiser
