#include "denoiser/attention.h"

#include <cmath>

namespace ditto::denoiser {

AttentionMemory::AttentionMemory(std::size_t tokens, std::size_t size, std::size_t heads,
                                 std::size_t panel)
    : tokens_(tokens),
      size_(size),
      heads_(heads),
      keys_(heads, PackedMatrix(size / heads, tokens, panel)),
      values_(heads, PackedMatrix(tokens, size / heads, panel)) {}

void AttentionMemory::set(std::size_t first, std::size_t count, const float* keys,
                          const float* values) {
    const std::size_t head_size = size_ / heads_;
    for (std::size_t head = 0; head < heads_; ++head) {
        for (std::size_t token = 0; token < count; ++token) {
            const std::size_t at = token * size_ + head * head_size;
            keys_[head].set_column(first + token, keys + at);
            values_[head].set_row(first + token, values + at);
        }
    }
}

void AttentionMemory::attend(const VectorKernels& kernels, const float* queries, std::size_t rows,
                             float* scores, float* out) const {
    const std::size_t head_size = size_ / heads_;
    const float factor = 1 / std::sqrt(static_cast<float>(head_size));
    for (std::size_t head = 0; head < heads_; ++head) {
        kernels.multiply(queries + head * head_size, size_, rows, keys_[head].data(), head_size,
                         tokens_, nullptr, scores, tokens_);
        kernels.softmax(scores, rows, tokens_, tokens_, factor);
        kernels.multiply(scores, tokens_, rows, values_[head].data(), tokens_, head_size, nullptr,
                         out + head * head_size, size_);
    }
}

}  // namespace ditto::denoiser
