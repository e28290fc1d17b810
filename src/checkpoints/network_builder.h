#pragma once

#include <string>

#include "checkpoints/onnx_graph.h"
#include "checkpoints/weights.h"

namespace ditto::checkpoints {

/// Whether norms whose effect is a fixed scale are multiplied into the weights before them.
enum class Folding {
    /// Initializers are the PyTorch state dict's, name by name. The graph itself computes
    /// weight_orig / (u W v), and ONNX Runtime does so once, when it loads.
    none,
    /// Spectral norm and batch norm (where it follows a convolution directly) disappear.
    exact,
};

struct ConvSpec {
    std::int64_t in = 0;
    std::int64_t out = 0;
    Shape kernel = {};  // as many sizes as there are spatial axes
    std::int64_t stride = 1;
    std::int64_t groups = 1;
    bool bias = true;
    bool pad = true;  // by kernel / 2, so that stride 1 keeps the size
    double gain = 1;  // of synthetic weights
};

/// PyTorch's layers as ONNX nodes. `name` is the layer's name in the state dict; its weights are
/// asked for by "name.weight" and so on. Tensors are laid out as PyTorch's are.
class NetworkBuilder {
  public:
    NetworkBuilder(OnnxGraph& to, WeightSource& weights, Folding folding)
        : graph(to), weights_(weights), folding_(folding) {}

    OnnxGraph& graph;
    Folding folding() const { return folding_; }

    SharedTensor tensor(const std::string& name, const Shape& shape, const Init& init) {
        return weights_.get(name, shape, init);
    }
    /// A tensor as initializer of the same name.
    Value weight(const std::string& name, const Shape& shape, const Init& init);

    Value conv(const Value& x, const std::string& name, const ConvSpec& spec);
    /// Under torch.nn.utils.spectral_norm.
    Value spectral_conv(const Value& x, const std::string& name, const ConvSpec& spec);
    /// In evaluation: by the stored mean and variance; eps 1e-5.
    Value batch_norm(const Value& x, const std::string& name, std::int64_t channels);
    Value conv_batch_norm(const Value& x, const std::string& name, const std::string& norm,
                          const ConvSpec& spec);
    /// Without weights of its own; eps 1e-5.
    Value instance_norm(const Value& x, std::int64_t channels);
    /// Over the last axis.
    Value layer_norm(const Value& x, const std::string& name, std::int64_t size, float eps);
    /// Over the last axis.
    Value linear(const Value& x, const std::string& name, std::int64_t in, std::int64_t out,
                 double gain = 1, const Init& bias = Init::around(0, 0.05));
    /// softmax(q k / sqrt(head size)) v for q (B,Tq,D), k and v (B,Tk,D), D = heads x head size.
    Value attention(const Value& q, const Value& k, const Value& v, std::int64_t heads,
                    std::int64_t size);

    Value relu(const Value& x) { return graph.node("Relu", {x}); }
    Value leaky_relu(const Value& x, float slope);
    Value gelu(const Value& x) { return graph.node("Gelu", {x}); }
    Value silu(const Value& x);
    Value mish(const Value& x);
    Value add(const Value& a, const Value& b) { return graph.node("Add", {a, b}); }
    Value sub(const Value& a, const Value& b) { return graph.node("Sub", {a, b}); }
    Value mul(const Value& a, const Value& b) { return graph.node("Mul", {a, b}); }
    Value reshape(const Value& x, const Shape& shape);
    Value transpose(const Value& x, const Ints& order);
    Value concat(const std::vector<Value>& values, std::int64_t axis);
    /// Nearest neighbour by whole factors, one for each axis.
    Value upsample(const Value& x, const std::vector<float>& factors);

  private:
    Value conv_node(const Value& x, const Value& weight, const Value& bias, const ConvSpec& spec);
    SharedTensor folded_spectral(const std::string& name, const ConvSpec& spec);

    WeightSource& weights_;
    Folding folding_;
};

}  // namespace ditto::checkpoints
