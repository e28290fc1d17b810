#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

constexpr std::int64_t volume_channels = 32;
constexpr std::int64_t volume_depth = 16;

/// Batch norm and ReLU come first, hence only the second norm can be folded.
Value residual_block(NetworkBuilder& net, const Value& x, const std::string& name) {
    ConvSpec spec{volume_channels, volume_channels, {3, 3, 3}};
    Value y = net.relu(net.batch_norm(x, name + ".norm1", volume_channels));
    y = net.relu(net.conv_batch_norm(y, name + ".conv1", name + ".norm2", spec));
    spec.gain = 0.5;
    return net.add(net.conv(y, name + ".conv2", spec), x);
}

}  // namespace

AppearanceExtractorSizes AppearanceExtractorSizes::from(const StateDict& state) {
    AppearanceExtractorSizes sizes{{state.size("first.conv.weight", 0)}, 0};
    const std::int64_t halvings = state.count("down_blocks.", ".conv.weight");
    for (std::int64_t i = 0; i < halvings; ++i) {
        const std::string name = "down_blocks." + std::to_string(i) + ".conv.weight";
        sizes.channels.push_back(state.size(name, 0));
    }
    sizes.residual_blocks = state.count("resblocks_3d.3dr", ".conv1.weight");
    return sizes;
}

void write_appearance_extractor(NetworkBuilder& net, const AppearanceExtractorSizes& sizes) {
    const auto& channels = sizes.channels;
    const double gain = 1.4;  // ReLU halves the variance
    Value x = net.graph.input("image", DataType::f32, {1, 3, 256, 256});
    x = net.relu(
        net.conv_batch_norm(x, "first.conv", "first.norm",
                            {.in = 3, .out = channels[0], .kernel = {3, 3}, .gain = 3 * gain}));
    for (std::size_t i = 1; i < channels.size(); ++i) {
        const std::string name = "down_blocks." + std::to_string(i - 1);
        x = net.relu(net.conv_batch_norm(
            x, name + ".conv", name + ".norm",
            {.in = channels[i - 1], .out = channels[i], .kernel = {3, 3}, .gain = gain}));
        x = net.graph.node("AveragePool", {x},
                           {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
    }
    const std::int64_t flattened = volume_channels * volume_depth;
    x = net.conv(x, "second",
                 {.in = channels.back(), .out = flattened, .kernel = {1, 1}, .gain = 2});
    x = net.reshape(x, {1, volume_channels, volume_depth, 64, 64});
    for (std::int64_t i = 0; i < sizes.residual_blocks; ++i)
        x = residual_block(net, x, "resblocks_3d.3dr" + std::to_string(i));
    net.graph.output("pred", x, DataType::f32, {1, volume_channels, volume_depth, 64, 64});
}

}  // namespace ditto::checkpoints
