#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/tensor.h"
#include "denoiser/vector_kernels.h"

namespace ditto::denoiser {

/// A matrix (rows x columns) laid out for VectorKernels::multiply: panels of so many columns, each
/// row after row, the last one filled with zeros.
class PackedMatrix {
  public:
    PackedMatrix() = default;
    PackedMatrix(std::size_t rows, std::size_t columns, std::size_t panel);
    /// From PyTorch's layout of a linear layer: (columns x rows), row-major.
    static PackedMatrix transposed(std::span<const float> values, std::size_t columns,
                                   std::size_t panel);

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    const float* data() const { return values_.data(); }
    float& at(std::size_t row, std::size_t column) {
        return values_[(column / panel_ * rows_ + row) * panel_ + column % panel_];
    }
    /// Writes a column from rows() floats.
    void set_column(std::size_t column, const float* from);
    /// Writes a row from columns() floats.
    void set_row(std::size_t row, const float* from);

  private:
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t panel_ = 1;
    std::vector<float> values_;
};

/// x W + b.
struct Linear {
    PackedMatrix weight;
    std::vector<float> bias;

    std::size_t inputs() const { return weight.rows(); }
    std::size_t outputs() const { return weight.columns(); }
    /// `x`: rows of inputs() floats, `x_stride` apart; `out`: rows of outputs().
    void run(const VectorKernels& kernels, const float* x, std::size_t x_stride, std::size_t rows,
             float* out) const {
        kernels.multiply(x, x_stride, rows, weight.data(), weight.rows(), weight.columns(),
                         bias.data(), out, weight.columns());
    }
};

}  // namespace ditto::denoiser
