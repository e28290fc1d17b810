#include "denoiser/vector_kernels.h"

namespace ditto::denoiser {

#ifdef DITTO_X86_KERNELS

extern const VectorKernels avx2_table;
extern const VectorKernels avx512_table;

const VectorKernels* avx2_kernels() {
    const bool there = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return there ? &avx2_table : nullptr;
}

const VectorKernels* avx512_kernels() {
    return __builtin_cpu_supports("avx512f") ? &avx512_table : nullptr;
}

#else

const VectorKernels* avx2_kernels() {
    return nullptr;
}

const VectorKernels* avx512_kernels() {
    return nullptr;
}

#endif

const VectorKernels* best_kernels() {
    const VectorKernels* widest = avx512_kernels();
    return widest != nullptr ? widest : avx2_kernels();
}

}  // namespace ditto::denoiser
