// Compiled for AVX2; called only where the processor has it.
#include "denoiser/vector_kernels.h"

namespace ditto::denoiser {
namespace {

constexpr std::size_t lanes = 8;

#include "denoiser/vector_loops.h"

}  // namespace

extern const VectorKernels avx2_table;
const VectorKernels avx2_table{"AVX2",  panel, multiply, layer_norm,
                               softmax, gelu,  rotate,   add_modulated};

}  // namespace ditto::denoiser
