#pragma once

#include "cpu/kernels.h"

namespace ditto::cpu {

/// What avx512_kernels() is made of, for processors with AVX2.
const Kernels& wide_kernels();

}  // namespace ditto::cpu
