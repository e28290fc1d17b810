#include "checkpoints/spectral_norm.h"

#include <cmath>

#include "core/random.h"

namespace ditto::checkpoints {
namespace {

void normalize(std::vector<float>& values) {
    double sum = 0;
    for (const float value : values)
        sum += static_cast<double>(value) * value;
    const auto scale = static_cast<float>(1 / std::sqrt(std::max(sum, 1e-24)));
    for (float& value : values)
        value *= scale;
}

/// W v.
std::vector<float> product(std::span<const float> matrix, std::span<const float> v) {
    std::vector<float> result(v.empty() ? 0 : matrix.size() / v.size());
    for (std::size_t row = 0; row < result.size(); ++row) {
        // Eight sums, so that the compiler may use vector instructions.
        float sums[8] = {};
        const float* values = matrix.data() + row * v.size();
        std::size_t i = 0;
        for (; i + 8 <= v.size(); i += 8) {
            for (std::size_t k = 0; k < 8; ++k)
                sums[k] += values[i + k] * v[i + k];
        }
        double sum = 0;
        for (; i < v.size(); ++i)
            sum += static_cast<double>(values[i]) * v[i];
        for (const float part : sums)
            sum += part;
        result[row] = static_cast<float>(sum);
    }
    return result;
}

/// W transposed times u.
std::vector<float> transposed_product(std::span<const float> matrix, std::span<const float> u) {
    std::vector<float> result(u.empty() ? 0 : matrix.size() / u.size());
    for (std::size_t row = 0; row < u.size(); ++row) {
        const float* values = matrix.data() + row * result.size();
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] += values[i] * u[row];
    }
    return result;
}

}  // namespace

SingularVectors singular_vectors(const Tensor& weight) {
    constexpr int steps = 4;
    const auto matrix = weight.values<float>();
    SingularVectors result;
    result.u.resize(static_cast<std::size_t>(weight.shape().at(0)));
    Random random(1);
    for (float& value : result.u)
        value = static_cast<float>(random.uniform(-1, 1));
    for (int step = 0; step < steps; ++step) {
        result.v = transposed_product(matrix, result.u);
        normalize(result.v);
        result.u = product(matrix, result.v);
        normalize(result.u);
    }
    return result;
}

double spectral_norm(const Tensor& weight, std::span<const float> u, std::span<const float> v) {
    const std::vector<float> projected = product(weight.values<float>(), v);
    double sum = 0;
    for (std::size_t i = 0; i < projected.size() && i < u.size(); ++i)
        sum += static_cast<double>(projected[i]) * u[i];
    return sum;
}

}  // namespace ditto::checkpoints
