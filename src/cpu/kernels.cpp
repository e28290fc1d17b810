#include "cpu/kernels.h"

namespace ditto::cpu {

const Kernels* kernels_of_this_processor() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
        return __builtin_cpu_supports("avx512bf16") ? &avx512_bf16_kernels() : &avx512_kernels();
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2_kernels();
#endif
    return nullptr;
}

}  // namespace ditto::cpu
