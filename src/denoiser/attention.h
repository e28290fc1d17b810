#pragma once

#include <cstddef>
#include <vector>

#include "denoiser/packed_matrix.h"
#include "denoiser/vector_kernels.h"

namespace ditto::denoiser {

/// Keys and values of some tokens, for each head, ready to be multiplied with.
class AttentionMemory {
  public:
    AttentionMemory() = default;
    /// `size`: floats of a token, divisible by `heads`.
    AttentionMemory(std::size_t tokens, std::size_t size, std::size_t heads, std::size_t panel);

    std::size_t tokens() const { return tokens_; }
    /// Sets the tokens from `first` on. `keys`, `values`: count x size.
    void set(std::size_t first, std::size_t count, const float* keys, const float* values);

    /// softmax(q k / sqrt(head size)) v. `queries` and `out`: rows x size; they may be the same.
    /// `scores`: score_count(rows) floats to work with.
    void attend(const VectorKernels& kernels, const float* queries, std::size_t rows, float* scores,
                float* out) const;
    std::size_t score_count(std::size_t rows) const { return rows * tokens_; }

  private:
    std::size_t tokens_ = 0;
    std::size_t size_ = 0;
    std::size_t heads_ = 1;
    std::vector<PackedMatrix> keys_;    // head size x tokens
    std::vector<PackedMatrix> values_;  // tokens x head size
};

}  // namespace ditto::denoiser
