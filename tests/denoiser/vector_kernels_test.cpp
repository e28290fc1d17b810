#include "denoiser/vector_kernels.h"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "denoiser/packed_matrix.h"

namespace ditto::denoiser {

const VectorKernels* wide_kernels();  // wide_kernels.cpp

namespace {

std::vector<float> drawn(std::size_t count, double spread = 1) {
    Random random(3, count);
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(spread * random.normal());
    return values;
}

/// With each instruction set; those that this processor lacks are skipped.
class Kernels : public testing::TestWithParam<const VectorKernels* (*)()> {
  protected:
    void SetUp() override {
        kernels_ = GetParam()();
        if (kernels_ == nullptr) GTEST_SKIP() << "not on this processor";
    }
    const VectorKernels* kernels_ = nullptr;
};

TEST_P(Kernels, MultiplyAnySizes) {
    for (const auto& [m, k, n] : std::vector<std::array<std::size_t, 3>>{
             {1, 1, 1}, {5, 16, 32}, {7, 300, 37}, {80, 530, 64}, {12, 256, 16}, {4, 1103, 5}}) {
        const auto a = drawn(m * k);
        const auto b = drawn(n * k);
        const auto bias = drawn(n);
        const PackedMatrix packed = PackedMatrix::transposed(b, n, kernels_->panel);
        std::vector<float> c(m * (n + 3), 9);
        kernels_->multiply(a.data(), k, m, packed.data(), k, n, bias.data(), c.data(), n + 3);
        for (std::size_t row = 0; row < m; ++row) {
            for (std::size_t column = 0; column < n; ++column) {
                double sum = bias[column];
                for (std::size_t i = 0; i < k; ++i)
                    sum += static_cast<double>(a[row * k + i]) * b[column * k + i];
                ASSERT_NEAR(c[row * (n + 3) + column], sum, 1e-3) << m << " " << k << " " << n;
            }
            for (std::size_t i = n; i < n + 3; ++i)
                ASSERT_EQ(c[row * (n + 3) + i], 9) << "wrote beside the matrix";
        }
    }
}

TEST_P(Kernels, NormsToMeanZeroAndVarianceOne) {
    const std::size_t size = 43;
    const auto x = drawn(2 * size, 5);
    const auto scale = drawn(size);
    const auto shift = drawn(size + 1);
    std::vector<float> out(2 * size);
    kernels_->layer_norm(x.data(), 2, size, scale.data(), shift.data(), out.data());
    for (std::size_t row = 0; row < 2; ++row) {
        double mean = 0;
        double squares = 0;
        for (std::size_t i = 0; i < size; ++i)
            mean += x[row * size + i] / static_cast<double>(size);
        for (std::size_t i = 0; i < size; ++i)
            squares += std::pow(x[row * size + i] - mean, 2) / static_cast<double>(size);
        for (std::size_t i = 0; i < size; ++i) {
            const double wanted =
                (x[row * size + i] - mean) / std::sqrt(squares + 1e-5) * scale[i] + shift[i];
            ASSERT_NEAR(out[row * size + i], wanted, 1e-5);
        }
    }
}

TEST_P(Kernels, SoftmaxSumsToOne) {
    for (const std::size_t n : {1U, 8U, 82U}) {
        const auto x = drawn(n, 30);
        std::vector<float> y = x;
        kernels_->softmax(y.data(), 1, n, n, .5F);
        double total = 0;
        for (const float value : x)
            total += std::exp(.5 * static_cast<double>(value));
        for (std::size_t i = 0; i < n; ++i)
            ASSERT_NEAR(y[i], std::exp(.5 * static_cast<double>(x[i])) / total, 1e-6);
    }
}

TEST_P(Kernels, Gelu) {
    std::vector<float> x;
    for (float value = -12; value < 12; value += .037F)
        x.push_back(value);
    std::vector<float> y = x;
    kernels_->gelu(y.data(), y.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double wanted = x[i] / 2. * (1 + std::erf(x[i] / std::sqrt(2.)));
        ASSERT_NEAR(y[i], wanted, 3e-7 * (1 + std::abs(static_cast<double>(x[i])))) << x[i];
    }
}

TEST_P(Kernels, RotateAndModulate) {
    const auto x = drawn(26);
    std::vector<float> cosine;
    std::vector<float> sine;
    for (int i = 0; i < 13; ++i) {
        cosine.insert(cosine.end(), 2, std::cos(static_cast<float>(i)));
        sine.push_back(-std::sin(static_cast<float>(i)));
        sine.push_back(std::sin(static_cast<float>(i)));
    }
    std::vector<float> out(26);
    kernels_->rotate(x.data(), cosine.data(), sine.data(), 26, out.data());
    std::vector<float> sum = x;
    kernels_->add_modulated(sum.data(), out.data(), 2, 13, cosine.data(), sine.data());
    for (std::size_t i = 0; i < 26; ++i) {
        const double angle = static_cast<double>(i / 2);
        const double other = i % 2 == 0 ? -x[i + 1] : x[i - 1];
        ASSERT_NEAR(out[i], x[i] * std::cos(angle) + other * std::sin(angle), 1e-5);
        ASSERT_NEAR(sum[i], x[i] + out[i] * (1 + cosine[i % 13]) + sine[i % 13], 1e-5);
    }
}

std::string name_of_set(const testing::TestParamInfo<const VectorKernels* (*)()>& set) {
    constexpr std::array names{"Avx2", "Avx512", "SixteenLanes"};
    return names[set.index];
}

INSTANTIATE_TEST_SUITE_P(, Kernels, testing::Values(&avx2_kernels, &avx512_kernels, &wide_kernels),
                         name_of_set);

}  // namespace
}  // namespace ditto::denoiser
