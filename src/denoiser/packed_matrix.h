#pragma once

#include <algorithm>
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
    std::size_t panel() const { return panel_; }
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
    /// `x`: rows of inputs() floats, `x_stride` apart; `out`: rows of outputs(). Only one of so
    /// many `shares` of the columns is made, the one of `share`.
    void run(const VectorKernels& kernels, const float* x, std::size_t x_stride, std::size_t rows,
             float* out, std::size_t share = 0, std::size_t shares = 1) const {
        const std::size_t panels = (outputs() + weight.panel() - 1) / weight.panel();
        const std::size_t first = panels * share / shares * weight.panel();
        const std::size_t end = std::min(outputs(), panels * (share + 1) / shares * weight.panel());
        if (first >= end) return;
        kernels.multiply(x, x_stride, rows, weight.data() + first * inputs(), inputs(), end - first,
                         bias.data() + first, out + first, outputs());
    }
};

}  // namespace ditto::denoiser
