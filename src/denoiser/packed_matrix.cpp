#include "denoiser/packed_matrix.h"

#include <algorithm>

namespace ditto::denoiser {

PackedMatrix::PackedMatrix(std::size_t rows, std::size_t columns, std::size_t panel)
    : rows_(rows),
      columns_(columns),
      panel_(panel),
      values_((columns + panel - 1) / panel * panel * rows) {}

PackedMatrix PackedMatrix::transposed(std::span<const float> values, std::size_t columns,
                                      std::size_t panel) {
    PackedMatrix result(columns == 0 ? 0 : values.size() / columns, columns, panel);
    for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t row = 0; row < result.rows_; ++row)
            result.at(row, column) = values[column * result.rows_ + row];
    }
    return result;
}

void PackedMatrix::set_column(std::size_t column, const float* from) {
    float* to = &at(0, column);
    for (std::size_t row = 0; row < rows_; ++row)
        to[row * panel_] = from[row];
}

void PackedMatrix::set_row(std::size_t row, const float* from) {
    for (std::size_t first = 0; first < columns_; first += panel_)
        std::copy_n(from + first, std::min(panel_, columns_ - first), &at(row, first));
}

}  // namespace ditto::denoiser
