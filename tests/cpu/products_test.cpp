#include <tuple>

#include "naive.h"

namespace ditto::cpu {
namespace {

/// rows, depth, panels
class ProductsTest : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(ProductsTest, AddUpAllOfEveryRowAndPanel) {
    const auto [rows, depth, panels] = GetParam();
    const int lda = depth + 3, ldc = (panels + 1) * lane_channels;
    const int panel_stride = (depth + 1) * lane_channels;
    Numbers numbers;
    std::vector<float> a, b, start;
    numbers.fill(a, static_cast<std::size_t>(rows * lda));
    numbers.fill(b, static_cast<std::size_t>(panels * panel_stride));
    numbers.fill(start, static_cast<std::size_t>(rows * ldc));
    for (const Kernels* kernels : runnable_kernels()) {
        for (const bool accumulate : {false, true}) {
            std::vector<float> c = start;
            kernels->multiply(rows, depth, panels, a.data(), lda, b.data(), panel_stride, c.data(),
                              ldc, accumulate);
            for (int row = 0; row < rows; ++row) {
                for (int column = 0; column < ldc; ++column) {
                    const auto at = static_cast<std::size_t>(row * ldc + column);
                    if (column >= panels * lane_channels) {
                        ASSERT_EQ(c[at], start[at]) << kernels->name << ": beyond the last panel";
                        continue;
                    }
                    double sum = accumulate ? double{start[at]} : 0;
                    const int right =
                        column / lane_channels * panel_stride + column % lane_channels;
                    for (int k = 0; k < depth; ++k) {
                        sum += double{a[static_cast<std::size_t>(row * lda + k)]} *
                               double{b[static_cast<std::size_t>(right + k * lane_channels)]};
                    }
                    ASSERT_NEAR(c[at], sum, 1e-4)
                        << kernels->name << " row " << row << " column " << column;
                }
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ProductsTest,
                         testing::Combine(testing::Values(1, 5, 11, 12, 13, 23, 37),
                                          testing::Values(1, 16, 300),
                                          testing::Values(1, 2, 3, 5)));

}  // namespace
}  // namespace ditto::cpu
