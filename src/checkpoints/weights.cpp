#include "checkpoints/weights.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.h"
#include "core/random.h"

namespace ditto::checkpoints {
namespace {

std::string text(const Shape& shape) {
    std::string result;
    for (const std::int64_t size : shape)
        result += (result.empty() ? "" : "x") + std::to_string(size);
    return result.empty() ? "one number" : result;
}

[[noreturn]] void mismatch(const std::string& path, const std::string& what) {
    throw Error(ErrorCode::model_mismatch, {{"path", path}, {"what", what}});
}

/// FNV-1a, so that every name has random numbers of its own.
std::uint64_t hash(const std::string& name) {
    std::uint64_t value = 14695981039346656037U;
    for (const char c : name)
        value = (value ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return value;
}

}  // namespace

std::int64_t StateDict::size(const std::string& name, std::size_t axis) const {
    const auto found = tensors.find(name);
    if (found == tensors.end()) mismatch(path, name + " is missing");
    const Shape& shape = found->second->shape();
    if (axis >= shape.size()) mismatch(path, name + " has too few dimensions");
    if (shape[axis] < 1) mismatch(path, name + " is empty");
    return shape[axis];
}

std::int64_t StateDict::count(const std::string& prefix, const std::string& suffix) const {
    std::int64_t number = 0;
    while (has(prefix + std::to_string(number) + suffix))
        ++number;
    return number;
}

SharedTensor CheckpointWeights::get(const std::string& name, const Shape& shape,
                                    const Init& /*init*/) {
    const auto found = state_.tensors.find(name);
    if (found == state_.tensors.end()) mismatch(state_.path, name + " is missing");
    const SharedTensor& tensor = found->second;
    if (tensor->type() != DataType::f32) mismatch(state_.path, name + " is not of type float");
    if (tensor->shape() != shape) {
        mismatch(state_.path, name + " is " + text(tensor->shape()) + ", not " + text(shape));
    }
    return tensor;
}

SharedTensor SyntheticWeights::get(const std::string& name, const Shape& shape, const Init& init) {
    const auto given = [&](const std::vector<float>& values) {
        return std::make_shared<const Tensor>(Tensor::from(std::span<const float>(values), shape));
    };
    if (init.kind == Init::Kind::given) return given(init.values);
    if (init.kind == Init::Kind::spectral_u) {
        last_vectors_ = singular_vectors(*last_weight_);
        return given(last_vectors_.u);
    }
    if (init.kind == Init::Kind::spectral_v) return given(last_vectors_.v);

    Tensor tensor(DataType::f32, shape);
    double spread = init.gain;
    if (init.kind == Init::Kind::fan_in) {
        const auto outputs = static_cast<double>(shape.empty() ? 1 : shape[0]);
        const double inputs = static_cast<double>(tensor.count()) / std::max(outputs, 1.0);
        // A uniform number in -1..1 has a standard deviation of 1 / sqrt(3).
        spread *= std::sqrt(3 / std::max(inputs, 1.0));
    }
    Random random(seed_, hash(name));
    const auto scale = static_cast<float>(spread * 0x1p-31);
    const auto mean = static_cast<float>(init.mean);
    for (float& value : tensor.values<float>()) {
        value = mean + scale * static_cast<float>(static_cast<std::int32_t>(random.next()));
    }
    last_weight_ = std::make_shared<const Tensor>(std::move(tensor));
    return last_weight_;
}

}  // namespace ditto::checkpoints
