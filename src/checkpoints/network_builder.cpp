#include "checkpoints/network_builder.h"

#include <cmath>

#include "checkpoints/spectral_norm.h"

namespace ditto::checkpoints {
namespace {

constexpr float norm_eps = 1e-5F;  // PyTorch's default for batch and instance norm

Shape weight_shape(const ConvSpec& spec) {
    Shape shape{spec.out, spec.in / spec.groups};
    shape.insert(shape.end(), spec.kernel.begin(), spec.kernel.end());
    return shape;
}

Init bias_init() {
    return Init::around(0, 0.05);
}

}  // namespace

Value NetworkBuilder::weight(const std::string& name, const Shape& shape, const Init& init) {
    return graph.initializer(name, tensor(name, shape, init));
}

Value NetworkBuilder::conv_node(const Value& x, const Value& weight, const Value& bias,
                                const ConvSpec& spec) {
    const std::size_t axes = spec.kernel.size();
    Ints pads;
    for (std::size_t i = 0; i < 2 * axes; ++i)
        pads.push_back(spec.pad ? spec.kernel[i % axes] / 2 : 0);
    std::vector<Value> inputs{x, weight};
    if (!bias.empty()) inputs.push_back(bias);
    return graph.node("Conv", inputs,
                      {{"kernel_shape", spec.kernel},
                       {"strides", Ints(axes, spec.stride)},
                       {"pads", pads},
                       {"group", spec.groups}});
}

Value NetworkBuilder::conv(const Value& x, const std::string& name, const ConvSpec& spec) {
    const Value w = weight(name + ".weight", weight_shape(spec), Init::weight(spec.gain));
    const Value b = spec.bias ? weight(name + ".bias", {spec.out}, bias_init()) : Value();
    return conv_node(x, w, b, spec);
}

SharedTensor NetworkBuilder::folded_spectral(const std::string& name, const ConvSpec& spec) {
    const auto original = tensor(name + ".weight_orig", weight_shape(spec), Init::weight());
    const std::int64_t columns = static_cast<std::int64_t>(original->count()) / spec.out;
    const auto u = tensor(name + ".weight_u", {spec.out}, Init::spectral_u());
    const auto v = tensor(name + ".weight_v", {columns}, Init::spectral_v());
    const auto scale =
        static_cast<float>(1 / spectral_norm(*original, u->values<float>(), v->values<float>()));
    Tensor folded = original->clone();
    for (float& value : folded.values<float>())
        value *= scale;
    return std::make_shared<const Tensor>(std::move(folded));
}

Value NetworkBuilder::spectral_conv(const Value& x, const std::string& name, const ConvSpec& spec) {
    Value w;
    if (folding_ == Folding::exact) {
        w = graph.initializer(name + ".weight", folded_spectral(name, spec));
    } else {
        const Shape shape = weight_shape(spec);
        const auto original = tensor(name + ".weight_orig", shape, Init::weight());
        const std::int64_t columns = static_cast<std::int64_t>(original->count()) / spec.out;
        w = graph.initializer(name + ".weight_orig", original);
        const Value u = weight(name + ".weight_u", {spec.out}, Init::spectral_u());
        const Value v = weight(name + ".weight_v", {columns}, Init::spectral_v());
        const Value projected = graph.node("MatMul", {reshape(w, {spec.out, columns}), v});
        w = graph.node("Div", {w, graph.node("MatMul", {u, projected})});
    }
    const Value b = spec.bias ? weight(name + ".bias", {spec.out}, bias_init()) : Value();
    return conv_node(x, w, b, spec);
}

Value NetworkBuilder::batch_norm(const Value& x, const std::string& name, std::int64_t channels) {
    const Value scale = weight(name + ".weight", {channels}, Init::around(1, 0.2));
    const Value shift = weight(name + ".bias", {channels}, Init::around(0, 0.2));
    const Value mean = weight(name + ".running_mean", {channels}, Init::around(0, 0.1));
    const Value variance = weight(name + ".running_var", {channels}, Init::around(1, 0.2));
    return graph.node("BatchNormalization", {x, scale, shift, mean, variance},
                      {{"epsilon", norm_eps}});
}

Value NetworkBuilder::conv_batch_norm(const Value& x, const std::string& name,
                                      const std::string& norm, const ConvSpec& spec) {
    if (folding_ == Folding::none) return batch_norm(conv(x, name, spec), norm, spec.out);

    Tensor w = tensor(name + ".weight", weight_shape(spec), Init::weight(spec.gain))->clone();
    Tensor b = tensor(name + ".bias", {spec.out}, bias_init())->clone();
    const auto gamma = tensor(norm + ".weight", {spec.out}, Init::around(1, 0.2));
    const auto beta = tensor(norm + ".bias", {spec.out}, Init::around(0, 0.2));
    const auto mean = tensor(norm + ".running_mean", {spec.out}, Init::around(0, 0.1));
    const auto variance = tensor(norm + ".running_var", {spec.out}, Init::around(1, 0.2));
    const std::size_t row = spec.out == 0 ? 0 : w.count() / static_cast<std::size_t>(spec.out);
    for (std::size_t i = 0; i < b.count(); ++i) {
        const double scale = gamma->values<float>()[i] /
                             std::sqrt(static_cast<double>(variance->values<float>()[i]) +
                                       static_cast<double>(norm_eps));
        for (float& value : w.values<float>().subspan(i * row, row))
            value = static_cast<float>(value * scale);
        const double shifted = b.values<float>()[i] - mean->values<float>()[i];
        b.values<float>()[i] = static_cast<float>(shifted * scale + beta->values<float>()[i]);
    }
    return conv_node(x, graph.initializer(name + ".weight", std::move(w)),
                     graph.initializer(name + ".bias", std::move(b)), spec);
}

Value NetworkBuilder::instance_norm(const Value& x, std::int64_t channels) {
    const std::vector<float> ones(static_cast<std::size_t>(channels), 1);
    const std::vector<float> zeros(static_cast<std::size_t>(channels), 0);
    return graph.node("InstanceNormalization",
                      {x, graph.floats(ones, {channels}), graph.floats(zeros, {channels})},
                      {{"epsilon", norm_eps}});
}

Value NetworkBuilder::layer_norm(const Value& x, const std::string& name, std::int64_t size,
                                 float eps) {
    const Value scale = weight(name + ".weight", {size}, Init::around(1, 0.1));
    const Value shift = weight(name + ".bias", {size}, Init::around(0, 0.1));
    return graph.node("LayerNormalization", {x, scale, shift}, {{"axis", -1}, {"epsilon", eps}});
}

Value NetworkBuilder::linear(const Value& x, const std::string& name, std::int64_t in,
                             std::int64_t out, double gain, const Init& bias) {
    const Value w = weight(name + ".weight", {out, in}, Init::weight(gain));
    const Value b = weight(name + ".bias", {out}, bias);
    return add(graph.node("MatMul", {x, transpose(w, {1, 0})}), b);
}

Value NetworkBuilder::attention(const Value& q, const Value& k, const Value& v, std::int64_t heads,
                                std::int64_t size) {
    const std::int64_t head_size = size / heads;
    // A size of 0 keeps that of the input.
    const auto split = [&](const Value& x, const Ints& order) {
        return transpose(reshape(x, {0, -1, heads, head_size}), order);
    };
    const Value scale = graph.scalar(static_cast<float>(1 / std::sqrt(double(head_size))));
    const Value scores =
        graph.node("MatMul", {mul(split(q, {0, 2, 1, 3}), scale), split(k, {0, 2, 3, 1})});
    const Value weights = graph.node("Softmax", {scores}, {{"axis", -1}});
    const Value mixed = graph.node("MatMul", {weights, split(v, {0, 2, 1, 3})});
    return reshape(transpose(mixed, {0, 2, 1, 3}), {0, -1, size});
}

Value NetworkBuilder::leaky_relu(const Value& x, float slope) {
    return graph.node("LeakyRelu", {x}, {{"alpha", slope}});
}

Value NetworkBuilder::silu(const Value& x) {
    return mul(x, graph.node("Sigmoid", {x}));
}

Value NetworkBuilder::mish(const Value& x) {
    return mul(x, graph.node("Tanh", {graph.node("Softplus", {x})}));
}

Value NetworkBuilder::reshape(const Value& x, const Shape& shape) {
    return graph.node("Reshape", {x, graph.ints(shape)});
}

Value NetworkBuilder::transpose(const Value& x, const Ints& order) {
    return graph.node("Transpose", {x}, {{"perm", order}});
}

Value NetworkBuilder::concat(const std::vector<Value>& values, std::int64_t axis) {
    return graph.node("Concat", values, {{"axis", axis}});
}

Value NetworkBuilder::upsample(const Value& x, const std::vector<float>& factors) {
    const Value scales = graph.floats(factors, {std::ssize(factors)});
    return graph.node("Resize", {x, "", scales},
                      {{"mode", "nearest"},
                       {"coordinate_transformation_mode", "asymmetric"},
                       {"nearest_mode", "floor"}});
}

}  // namespace ditto::checkpoints
