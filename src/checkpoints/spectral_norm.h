#pragma once

#include <span>
#include <vector>

#include "core/tensor.h"

namespace ditto::checkpoints {

/// Spectral norm divides a weight by its largest singular value, taken as u W v: W is the weight
/// as a matrix (first size x the rest), u and v are the singular vectors that PyTorch keeps beside
/// it. Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018.
struct SingularVectors {
    std::vector<float> u;
    std::vector<float> v;
};

/// A few steps of power iteration. `weight`: floats, at least one dimension.
SingularVectors singular_vectors(const Tensor& weight);

/// u W v. The sizes of u and v must fit the weight's.
double spectral_norm(const Tensor& weight, std::span<const float> u, std::span<const float> v);

}  // namespace ditto::checkpoints
