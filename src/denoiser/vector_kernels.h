#pragma once

#include <cstddef>

namespace ditto::denoiser {

/// The loops that take nearly all of the time, compiled once for each instruction set.
/// Matrices are row-major floats; a stride is the distance of two rows in floats.
struct VectorKernels {
    const char* name;
    /// Columns of one panel of a packed matrix (packed_matrix.h).
    std::size_t panel;

    /// c (m x n) = a (m x k) times b (k x n, packed) + bias (n; may be null).
    void (*multiply)(const float* a, std::size_t a_stride, std::size_t m, const float* b,
                     std::size_t k, std::size_t n, const float* bias, float* c,
                     std::size_t c_stride);
    /// Each row to mean 0 and variance 1 (eps 1e-5), then times scale plus shift.
    void (*layer_norm)(const float* x, std::size_t rows, std::size_t size, const float* scale,
                       const float* shift, float* out);
    /// Each row to softmax(factor x row), over its first n values.
    void (*softmax)(float* x, std::size_t rows, std::size_t n, std::size_t stride, float factor);
    /// x/2 (1 + erf(x / sqrt 2)), in place, to within 2e-7 of x.
    void (*gelu)(float* x, std::size_t count);
    /// Pairs side by side turned by an angle: (x, y) -> (x cos - y sin, y cos + x sin). `cosine`,
    /// `sine` and x have `count` values each, an angle's standing twice, the sine's sign with it:
    /// (-sin, sin).
    void (*rotate)(const float* x, const float* cosine, const float* sine, std::size_t count,
                   float* out);
    /// x (rows x size) += y (the same) times (1 + scale (size)) + shift (size).
    void (*add_modulated)(float* x, const float* y, std::size_t rows, std::size_t size,
                          const float* scale, const float* shift);
};

/// The fastest that this processor has; null where it has none of them.
const VectorKernels* best_kernels();

/// Each of them that this processor has, null where it does not.
const VectorKernels* avx2_kernels();
const VectorKernels* avx512_kernels();

}  // namespace ditto::denoiser
