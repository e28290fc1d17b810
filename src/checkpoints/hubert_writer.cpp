#include <array>
#include <cmath>

#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

constexpr std::int64_t encoding = 1024;
constexpr float norm_eps = 1e-5F;

struct Step {
    std::int64_t kernel;
    std::int64_t stride;
};
/// 5 x 2^6 = 320 samples, 20 ms, for one row.
constexpr std::array<Step, 7> convolutions{
    {{10, 5}, {3, 2}, {3, 2}, {3, 2}, {3, 2}, {2, 2}, {2, 2}}};

class Hubert {
  public:
    Hubert(NetworkBuilder& net, const HubertSizes& sizes) : net_(net), sizes_(sizes) {}

    /// (1,1,N) -> (1,T,convolution).
    Value features(Value x) {
        std::int64_t channels = 1;
        for (std::size_t i = 0; i < convolutions.size(); ++i) {
            const std::string name = "feature_extractor.conv_layers." + std::to_string(i);
            x = net_.conv(x, name + ".conv",
                          {.in = channels,
                           .out = sizes_.convolution,
                           .kernel = {convolutions[i].kernel},
                           .stride = convolutions[i].stride,
                           .pad = false});
            channels = sizes_.convolution;
            x = net_.gelu(norm(net_.transpose(x, {0, 2, 1}), name + ".layer_norm", channels));
            if (i + 1 < convolutions.size()) x = net_.transpose(x, {0, 2, 1});
        }
        return x;
    }

    /// Where a row stands, from its neighbours; weight norm is folded into the weight. An even
    /// kernel gives one row too many, the last is dropped.
    Value positions(const Value& x) {
        const std::string name = "encoder.pos_conv_embed.conv";
        const ConvSpec spec{.in = sizes_.hidden,
                            .out = sizes_.hidden,
                            .kernel = {sizes_.position_kernel},
                            .groups = sizes_.position_groups};
        Value y = net_.conv(net_.transpose(x, {0, 2, 1}), name, spec);
        if (sizes_.position_kernel % 2 == 0) {
            y = net_.graph.node(
                "Slice", {y, net_.graph.ints({0}), net_.graph.ints({-1}), net_.graph.ints({2})});
        }
        return net_.gelu(net_.transpose(y, {0, 2, 1}));
    }

    Value layer(const Value& x, const std::string& name) {
        const std::int64_t size = sizes_.hidden;
        const std::string attention = name + ".attention.";
        const Value h = norm(x, name + ".layer_norm", size);
        const Value mixed =
            net_.attention(linear(h, attention + "q_proj", size, size),
                           linear(h, attention + "k_proj", size, size),
                           linear(h, attention + "v_proj", size, size), sizes_.heads, size);
        const Value y = net_.add(x, linear(mixed, attention + "out_proj", size, size));
        const std::string dense = name + ".feed_forward.";
        const Value inner =
            net_.gelu(linear(norm(y, name + ".final_layer_norm", size),
                             dense + "intermediate_dense", size, sizes_.feed_forward));
        return net_.add(y, linear(inner, dense + "output_dense", sizes_.feed_forward, size));
    }

    Value norm(const Value& x, const std::string& name, std::int64_t size) {
        return net_.layer_norm(x, name, size, norm_eps);
    }

    /// The matrix is stored (in, out): transposing 1.3 GB at every start would double the memory.
    Value linear(const Value& x, const std::string& name, std::int64_t in, std::int64_t out) {
        // Init::weight() scales by all sizes but the first, here the outputs.
        const double gain = std::sqrt(static_cast<double>(out) / static_cast<double>(in));
        const Value w = net_.weight(name + ".weight", {in, out}, Init::weight(gain));
        const Value b = net_.weight(name + ".bias", {out}, Init::around(0, 0.05));
        return net_.add(net_.graph.node("MatMul", {x, w}), b);
    }

  private:
    NetworkBuilder& net_;
    HubertSizes sizes_;
};

}  // namespace

void write_hubert(NetworkBuilder& net, const HubertSizes& sizes) {
    Hubert hubert(net, sizes);
    const Value wave = net.graph.input("input_values", DataType::f32, {1, -1});
    Value x = hubert.features(net.graph.node("Unsqueeze", {wave, net.graph.ints({1})}));
    x = hubert.norm(x, "feature_projection.layer_norm", sizes.convolution);
    x = hubert.linear(x, "feature_projection.projection", sizes.convolution, sizes.hidden);
    x = net.add(x, hubert.positions(x));
    for (std::int64_t i = 0; i < sizes.layers; ++i)
        x = hubert.layer(x, "encoder.layers." + std::to_string(i));
    x = hubert.norm(x, "encoder.layer_norm", sizes.hidden);
    if (sizes.hidden != encoding) x = hubert.linear(x, "widen", sizes.hidden, encoding);
    x = net.graph.node("Squeeze", {x, net.graph.ints({0})});
    net.graph.output("encoding_out", x, DataType::f32, {-1, encoding});
}

}  // namespace ditto::checkpoints
