#include <map>

#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

constexpr std::int64_t label_channels = 256;
constexpr float slope = 0.2F;

/// The seven SPADE blocks and what they share.
class SpadeBlocks {
  public:
    SpadeBlocks(NetworkBuilder& net, const Value& feature, const DecoderSizes& sizes)
        : net_(net), sizes_(sizes), labels_{{1, feature}} {}

    /// `scale`: how often x has the feature's 64x64.
    Value block(const Value& x, const std::string& name, std::int64_t in, std::int64_t out,
                int scale) {
        const std::int64_t middle = std::min(in, out);
        Value shortcut = x;
        if (in != out) {
            shortcut = net_.spectral_conv(norm(x, name + ".norm_s", in, scale), name + ".conv_s",
                                          {.in = in, .out = out, .kernel = {1, 1}, .bias = false});
        }
        Value y = net_.leaky_relu(norm(x, name + ".norm_0", in, scale), slope);
        y = net_.spectral_conv(y, name + ".conv_0", {.in = in, .out = middle, .kernel = {3, 3}});
        y = net_.leaky_relu(norm(y, name + ".norm_1", middle, scale), slope);
        y = net_.spectral_conv(y, name + ".conv_1", {.in = middle, .out = out, .kernel = {3, 3}});
        return net_.add(shortcut, y);
    }

  private:
    /// Normalized x, scaled and shifted by what two convolutions make of the feature.
    Value norm(const Value& x, const std::string& name, std::int64_t channels, int scale) {
        const Value shared = net_.relu(shared_conv(name + ".mlp_shared.0", scale));
        const ConvSpec spec{.in = sizes_.hidden, .out = channels, .kernel = {3, 3}, .gain = 0.4};
        const Value gamma = net_.conv(shared, name + ".mlp_gamma", spec);
        const Value beta = net_.conv(shared, name + ".mlp_beta", spec);
        const Value normalized = net_.instance_norm(x, channels);
        return net_.add(net_.mul(normalized, net_.add(gamma, one())), beta);
    }

    /// A 1x1 convolution is the same before and after the feature is enlarged.
    Value shared_conv(const std::string& name, int scale) {
        const ConvSpec spec{.in = label_channels,
                            .out = sizes_.hidden,
                            .kernel = {sizes_.label_kernel, sizes_.label_kernel},
                            .gain = 1.4};
        if (sizes_.label_kernel > 1) return net_.conv(labels(scale), name, spec);
        return enlarge(net_.conv(labels(1), name, spec), scale);
    }

    Value enlarge(const Value& x, int scale) {
        const auto factor = static_cast<float>(scale);
        return scale == 1 ? x : net_.upsample(x, {1, 1, factor, factor});
    }

    const Value& labels(int scale) {
        Value& value = labels_[scale];
        if (value.empty()) value = enlarge(labels_[1], scale);
        return value;
    }

    const Value& one() {
        if (one_.empty()) one_ = net_.graph.scalar(1);
        return one_;
    }

    NetworkBuilder& net_;
    DecoderSizes sizes_;
    std::map<int, Value> labels_;
    Value one_;
};

}  // namespace

DecoderSizes DecoderSizes::from(const StateDict& state) {
    return {state.size("fc.weight", 0), state.size("G_middle_0.norm_0.mlp_shared.0.weight", 0),
            state.size("up_0.conv_1.weight_orig", 0), state.size("up_1.conv_1.weight_orig", 0),
            state.size("G_middle_0.norm_0.mlp_shared.0.weight", 2)};
}

void write_decoder(NetworkBuilder& net, const DecoderSizes& sizes) {
    const Value feature = net.graph.input("feature", DataType::f32, {1, label_channels, 64, 64});
    SpadeBlocks blocks(net, feature, sizes);
    Value x =
        net.conv(feature, "fc", {.in = label_channels, .out = sizes.middle, .kernel = {3, 3}});
    for (int i = 0; i < 6; ++i) {
        x = blocks.block(x, "G_middle_" + std::to_string(i), sizes.middle, sizes.middle, 1);
    }
    x = net.upsample(x, {1, 1, 2, 2});
    x = blocks.block(x, "up_0", sizes.middle, sizes.up_0, 2);
    x = net.upsample(x, {1, 1, 2, 2});
    x = blocks.block(x, "up_1", sizes.up_0, sizes.up_1, 4);

    // Four values for each colour become 2x2 pixels.
    x = net.conv(net.leaky_relu(x, slope), "conv_img.0",
                 {.in = sizes.up_1, .out = 12, .kernel = {3, 3}, .gain = 1.5});
    x = net.graph.node("DepthToSpace", {x}, {{"blocksize", 2}, {"mode", "CRD"}});
    net.graph.output("output", net.graph.node("Sigmoid", {x}), DataType::f32, {1, 3, 512, 512});
}

}  // namespace ditto::checkpoints
