#include "cpu/onnx_convs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ditto::cpu {
namespace {

using checkpoints::float_type;
using checkpoints::OnnxModel;

constexpr std::int64_t most_channels = 1 << 16;
constexpr int deepest = 16;  // chain of nodes between a constant and a convolution

/// What a model throws about itself becomes Unknown.
template <class Read>
auto read(Read&& from_model) {
    try {
        return from_model();
    } catch (const std::exception& error) {
        throw Unknown(error.what());
    }
}

std::size_t rows_of(const Shape& shape) {
    return shape.size() < 2 ? 1 : static_cast<std::size_t>(shape[0]);
}

}  // namespace

OnnxConvs::OnnxConvs(std::string_view model) : model_(read([&] { return OnnxModel(model); })) {
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
        if (model_.nodes[i].op == "Conv") convs_.push_back(i);
        for (const std::string& output : model_.nodes[i].outputs)
            makers_[output] = i;
    }
}

Shape OnnxConvs::shape_of(std::string_view name, int depth) const {
    if (const auto found = model_.constants.find(name); found != model_.constants.end()) {
        if (found->second.type != float_type) throw Unknown("weights are not float32");
        return found->second.shape;
    }
    const auto maker = makers_.find(name);
    if (maker == makers_.end() || depth > deepest) throw Unknown("weights are not constant");
    const Node& node = model_.nodes[maker->second];
    if ((node.op != "Identity" && node.op != "Div") || node.inputs.empty()) {
        throw Unknown("weights from " + node.op);
    }
    return shape_of(node.inputs[0], depth + 1);
}

OnnxConvs::Constant OnnxConvs::constant(std::string_view name, int depth) const {
    if (const auto found = model_.constants.find(name); found != model_.constants.end()) {
        return {found->second.shape, read([&] { return found->second.floats(); })};
    }
    const auto maker = makers_.find(name);
    if (maker == makers_.end() || depth > deepest) throw Unknown("weights are not constant");
    return computed(model_.nodes[maker->second], depth + 1);
}

/// What spectral norm is made of.
OnnxConvs::Constant OnnxConvs::computed(const Node& node, int depth) const {
    if (node.inputs.empty()) throw Unknown("weights are not constant");
    Constant a = constant(node.inputs[0], depth);
    if (node.op == "Identity") return a;
    if (node.op == "Reshape" || node.op == "Flatten") {  // only to [first axis][the rest]
        const std::int64_t rows = a.shape.empty() ? 1 : a.shape[0];
        if (rows > 0) a.shape = {rows, static_cast<std::int64_t>(a.values.size()) / rows};
        return a;
    }
    if (node.inputs.size() != 2) throw Unknown("weights from " + node.op);
    const Constant b = constant(node.inputs[1], depth);
    if (node.op == "Div" && b.values.size() == 1) {
        for (float& value : a.values)
            value /= b.values[0];
        return a;
    }
    if (node.op == "MatMul" && b.shape.size() == 1) {
        const std::size_t rows = rows_of(a.shape);
        const std::size_t columns = b.values.size();
        if (rows * columns != a.values.size()) throw Unknown("a product that does not fit");
        Constant result{a.shape.size() < 2 ? Shape{} : Shape{a.shape[0]}, {}};
        for (std::size_t i = 0; i < rows; ++i) {
            const float* row = a.values.data() + i * columns;
            result.values.push_back(
                static_cast<float>(std::inner_product(row, row + columns, b.values.begin(), 0.)));
        }
        return result;
    }
    throw Unknown("weights from " + node.op);
}

int OnnxConvs::nodes(std::string_view op) const {
    int count = 0;
    for (const Node& node : model_.nodes)
        count += node.op == op;
    return count;
}

void OnnxConvs::require(std::string_view op, std::string_view attribute, double value) const {
    for (const Node& node : model_.nodes) {
        if (node.op != op) continue;
        const auto found = node.attributes.find(attribute);
        if (found == node.attributes.end() ||
            std::abs(double{found->second.real} - value) > 1e-6 * value) {
            throw Unknown(std::string(op) + "'s " + std::string(attribute));
        }
    }
}

ConvShape OnnxConvs::shape(std::size_t index) const {
    const Node& node = model_.nodes[convs_.at(index)];
    if (node.inputs.size() < 2) throw Unknown("a convolution without weights");
    const Shape of_weights = shape_of(node.inputs[1]);
    const std::size_t axes = of_weights.size() < 4 ? 0 : of_weights.size() - 2;
    if (axes != 2 && axes != 3) throw Unknown("a convolution of other than two or three axes");
    for (const std::int64_t size : of_weights) {
        if (size < 1 || size > most_channels) throw Unknown("a convolution of another size");
    }
    const std::int64_t kernel = of_weights[2];
    const auto all = [&](std::string_view name, std::int64_t value, bool may_lack) {
        const auto found = node.attributes.find(name);
        if (found == node.attributes.end()) return may_lack;
        const std::vector<std::int64_t>& several = found->second.integers;
        return several.empty() ? found->second.integer == value
                               : std::ranges::count(several, value) == std::ssize(several);
    };
    for (std::size_t i = 2; i < of_weights.size(); ++i) {
        if (of_weights[i] != kernel) throw Unknown("a kernel of unequal sides");
    }
    if (kernel % 2 == 0 || !all("strides", 1, true) || !all("dilations", 1, true) ||
        !all("group", 1, true) || !all("pads", kernel / 2, kernel == 1)) {
        throw Unknown("a convolution that changes the size");
    }
    return {static_cast<int>(of_weights[0]), static_cast<int>(of_weights[1]),
            static_cast<int>(kernel), axes == 3};
}

ConvSource OnnxConvs::source(std::size_t conv) const {
    return {shape(conv), [this, conv] { return weights(conv); }};
}

ConvWeights OnnxConvs::weights(std::size_t index) const {
    ConvWeights result{shape(index), {}, {}};
    const Node& node = model_.nodes[convs_.at(index)];
    result.values = constant(node.inputs[1]).values;
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
        result.bias = constant(node.inputs[2]).values;
        if (result.bias.size() != static_cast<std::size_t>(result.out)) throw Unknown("a bias");
    }
    fold_batch_norm(node, result);
    return result;
}

void OnnxConvs::fold_batch_norm(const Node& conv, ConvWeights& weights) const {
    for (const Node& node : model_.nodes) {
        if (node.op != "BatchNormalization" || node.inputs.size() != 5 ||
            node.inputs[0] != conv.outputs.at(0)) {
            continue;
        }
        const auto scale = constant(node.inputs[1]).values, shift = constant(node.inputs[2]).values;
        const auto mean = constant(node.inputs[3]).values, var = constant(node.inputs[4]).values;
        const auto found = node.attributes.find("epsilon");
        const double eps = found == node.attributes.end() ? 1e-5 : double{found->second.real};
        const auto out = static_cast<std::size_t>(weights.out);
        if (scale.size() != out || shift.size() != out || mean.size() != out || var.size() != out) {
            throw Unknown("a batch norm");
        }
        weights.bias.resize(out);
        const std::size_t row = weights.values.size() / out;
        for (std::size_t i = 0; i < out; ++i) {
            const double factor = scale[i] / std::sqrt(double{var[i]} + eps);
            for (std::size_t j = i * row; j < (i + 1) * row; ++j)
                weights.values[j] = static_cast<float>(weights.values[j] * factor);
            weights.bias[i] =
                static_cast<float>((double{weights.bias[i]} - mean[i]) * factor + shift[i]);
        }
    }
}

}  // namespace ditto::cpu
