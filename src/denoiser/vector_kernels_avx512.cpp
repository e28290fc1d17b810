// Compiled for AVX-512; called only where the processor has it.
#include "denoiser/vector_kernels.h"

namespace ditto::denoiser {
namespace {

constexpr std::size_t lanes = 16;

#include "denoiser/vector_loops.h"

}  // namespace

extern const VectorKernels avx512_table;
const VectorKernels avx512_table{"AVX-512", panel, multiply, layer_norm,
                                 softmax,   gelu,  rotate,   add_modulated};

}  // namespace ditto::denoiser
