#include "cpu/onnx_convs.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "checkpoints/onnx_fields.h"
#include "checkpoints/protobuf.h"

namespace ditto::cpu {
namespace {

using checkpoints::ProtoField;
using checkpoints::ProtoReader;
namespace node_field = checkpoints::node_field;
namespace tensor_field = checkpoints::tensor_field;
namespace attribute_field = checkpoints::attribute_field;

constexpr int attribute_tensor = 5;
constexpr int tensor_float_data = 4;
constexpr std::int64_t float_type = 1;
constexpr std::int64_t most_channels = 1 << 16;
constexpr int deepest = 16;  // chain of nodes between a constant and a convolution

float real_of(const ProtoField& field) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(field.number));
}

void append_integers(const ProtoField& field, std::vector<std::int64_t>& to) {
    if (field.wire_type != 2) {
        to.push_back(static_cast<std::int64_t>(field.number));
        return;
    }
    ProtoReader packed(field.text);
    for (std::uint64_t number = 0; packed.next_varint(number);)
        to.push_back(static_cast<std::int64_t>(number));
}

std::vector<float> floats_of(std::string_view bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

std::size_t rows_of(const Shape& shape) {
    return shape.size() < 2 ? 1 : static_cast<std::size_t>(shape[0]);
}

}  // namespace

OnnxConvs::OnnxConvs(std::string_view model) {
    try {
        ProtoReader reader(model);
        for (ProtoField field; reader.next(field);) {
            if (field.field != checkpoints::model_field::graph) continue;
            ProtoReader graph(field.text);
            for (ProtoField part; graph.next(part);) {
                if (part.field == checkpoints::graph_field::node) {
                    nodes_.push_back(parse_node(part.text));
                }
                if (part.field != checkpoints::graph_field::initializer) continue;
                ProtoReader tensor(part.text);
                for (ProtoField of_tensor; tensor.next(of_tensor);) {
                    if (of_tensor.field == tensor_field::name) {
                        initializers_[of_tensor.text] = part.text;
                    }
                }
            }
        }
    } catch (const std::runtime_error& error) {
        throw Unknown(error.what());
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (nodes_[i].op == "Conv") convs_.push_back(i);
        for (const std::string_view output : nodes_[i].outputs)
            makers_[output] = i;
    }
}

OnnxConvs::Node OnnxConvs::parse_node(std::string_view text) {
    Node node;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == node_field::op_type) node.op = field.text;
        if (field.field == node_field::input) node.inputs.push_back(field.text);
        if (field.field == node_field::output) node.outputs.push_back(field.text);
        if (field.field == node_field::attribute) parse_attribute(field.text, node);
    }
    return node;
}

void OnnxConvs::parse_attribute(std::string_view text, Node& node) {
    std::string_view name;
    std::vector<std::int64_t> integers;
    ProtoReader reader(text);
    double real = 0;
    bool is_real = false;
    for (ProtoField field; reader.next(field);) {
        if (field.field == attribute_field::name) name = field.text;
        if (field.field == attribute_field::f) {
            real = static_cast<double>(real_of(field));
            is_real = true;
        }
        if (field.field == attribute_field::i || field.field == attribute_field::ints) {
            append_integers(field, integers);
        }
        if (field.field == attribute_tensor) node.tensor = field.text;
    }
    if (is_real) node.reals[name] = real;
    if (!integers.empty()) node.integers[name] = integers;
}

OnnxConvs::Encoded OnnxConvs::parse_tensor(std::string_view text) {
    Encoded tensor;
    std::int64_t type = 0;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == tensor_field::dims) append_integers(field, tensor.shape);
        if (field.field == tensor_field::data_type) type = static_cast<std::int64_t>(field.number);
        if (field.field == tensor_field::raw_data) tensor.packed = field.text;
        if (field.field != tensor_float_data) continue;
        if (field.wire_type == 2) {
            tensor.packed = field.text;
        } else {
            tensor.single.push_back(real_of(field));
        }
    }
    const std::size_t count =
        tensor.single.empty() ? tensor.packed.size() / sizeof(float) : tensor.single.size();
    if (type != float_type || element_count(tensor.shape) != count) {
        throw Unknown("weights are not float32");
    }
    return tensor;
}

OnnxConvs::Constant OnnxConvs::decoded(const Encoded& tensor) {
    if (!tensor.single.empty()) return {tensor.shape, tensor.single};
    return {tensor.shape, floats_of(tensor.packed)};
}

Shape OnnxConvs::shape_of(std::string_view name, int depth) const {
    if (const auto found = initializers_.find(name); found != initializers_.end()) {
        return parse_tensor(found->second).shape;
    }
    const auto maker = makers_.find(name);
    if (maker == makers_.end() || depth > deepest) throw Unknown("weights are not constant");
    const Node& node = nodes_[maker->second];
    if (node.op == "Constant") return parse_tensor(node.tensor).shape;
    if ((node.op != "Identity" && node.op != "Div") || node.inputs.empty()) {
        throw Unknown("weights from " + std::string(node.op));
    }
    return shape_of(node.inputs[0], depth + 1);
}

OnnxConvs::Constant OnnxConvs::constant(std::string_view name, int depth) const {
    if (const auto found = initializers_.find(name); found != initializers_.end()) {
        return decoded(parse_tensor(found->second));
    }
    const auto maker = makers_.find(name);
    if (maker == makers_.end() || depth > deepest) throw Unknown("weights are not constant");
    return computed(nodes_[maker->second], depth + 1);
}

/// What spectral norm is made of.
OnnxConvs::Constant OnnxConvs::computed(const Node& node, int depth) const {
    if (node.op == "Constant") return decoded(parse_tensor(node.tensor));
    if (node.inputs.empty()) throw Unknown("weights are not constant");
    Constant a = constant(node.inputs[0], depth);
    if (node.op == "Identity") return a;
    if (node.op == "Reshape" || node.op == "Flatten") {  // only to [first axis][the rest]
        const std::int64_t rows = a.shape.empty() ? 1 : a.shape[0];
        if (rows > 0) a.shape = {rows, static_cast<std::int64_t>(a.values.size()) / rows};
        return a;
    }
    if (node.inputs.size() != 2) throw Unknown("weights from " + std::string(node.op));
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
    throw Unknown("weights from " + std::string(node.op));
}

int OnnxConvs::nodes(std::string_view op) const {
    int count = 0;
    for (const Node& node : nodes_)
        count += node.op == op;
    return count;
}

void OnnxConvs::require(std::string_view op, std::string_view attribute, double value) const {
    for (const Node& node : nodes_) {
        if (node.op != op) continue;
        const auto found = node.reals.find(attribute);
        if (found == node.reals.end() || std::abs(found->second - value) > 1e-6 * value) {
            throw Unknown(std::string(op) + "'s " + std::string(attribute));
        }
    }
}

ConvShape OnnxConvs::shape(std::size_t index) const {
    const Node& node = nodes_[convs_.at(index)];
    if (node.inputs.size() < 2) throw Unknown("a convolution without weights");
    const Shape of_weights = shape_of(node.inputs[1]);
    const std::size_t axes = of_weights.size() < 4 ? 0 : of_weights.size() - 2;
    if (axes != 2 && axes != 3) throw Unknown("a convolution of other than two or three axes");
    for (const std::int64_t size : of_weights) {
        if (size < 1 || size > most_channels) throw Unknown("a convolution of another size");
    }
    const std::int64_t kernel = of_weights[2];
    const auto all = [&](std::string_view name, std::int64_t value, bool may_lack) {
        const auto found = node.integers.find(name);
        if (found == node.integers.end()) return may_lack;
        for (const std::int64_t one : found->second) {
            if (one != value) return false;
        }
        return true;
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
    const Node& node = nodes_[convs_.at(index)];
    result.values = constant(node.inputs[1]).values;
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
        result.bias = constant(node.inputs[2]).values;
        if (result.bias.size() != static_cast<std::size_t>(result.out)) throw Unknown("a bias");
    }
    fold_batch_norm(node, result);
    return result;
}

void OnnxConvs::fold_batch_norm(const Node& conv, ConvWeights& weights) const {
    for (const Node& node : nodes_) {
        if (node.op != "BatchNormalization" || node.inputs.size() != 5 ||
            node.inputs[0] != conv.outputs.at(0)) {
            continue;
        }
        const auto scale = constant(node.inputs[1]).values, shift = constant(node.inputs[2]).values;
        const auto mean = constant(node.inputs[3]).values, var = constant(node.inputs[4]).values;
        const auto found = node.reals.find("epsilon");
        const double eps = found == node.reals.end() ? 1e-5 : found->second;
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
