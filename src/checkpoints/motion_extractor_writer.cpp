#include <array>

#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

constexpr float norm_eps = 1e-6F;
constexpr std::int64_t angle_bins = 66;
constexpr std::int64_t keypoint_values = 63;

struct Head {
    const char* name;
    std::int64_t size;
    double gain;
    Init bias;
};

Value to_channels_last(NetworkBuilder& net, const Value& x) {
    return net.transpose(x, {0, 2, 3, 1});
}

Value to_channels_first(NetworkBuilder& net, const Value& x) {
    return net.transpose(x, {0, 3, 1, 2});
}

Value channel_norm(NetworkBuilder& net, const Value& x, const std::string& name,
                   std::int64_t channels) {
    return to_channels_first(net,
                             net.layer_norm(to_channels_last(net, x), name, channels, norm_eps));
}

/// Global response normalization, channels last: gamma x N(x) + beta + x.
Value response_norm(NetworkBuilder& net, const Value& x, const std::string& name,
                    std::int64_t channels) {
    const Value energy = net.graph.node("ReduceL2", {x, net.graph.ints({1, 2})});
    const Value mean = net.graph.node("ReduceMean", {energy, net.graph.ints({-1})});
    const Value relative =
        net.graph.node("Div", {energy, net.add(mean, net.graph.scalar(norm_eps))});
    const Shape shape{1, 1, 1, channels};
    const Value gamma = net.weight(name + ".gamma", shape, Init::around(0.2, 0.2));
    const Value beta = net.weight(name + ".beta", shape, Init::around(0, 0.1));
    return net.add(net.add(net.mul(gamma, net.mul(x, relative)), beta), x);
}

Value block(NetworkBuilder& net, const Value& x, const std::string& name, std::int64_t channels) {
    Value y = net.conv(x, name + ".dwconv",
                       {.in = channels, .out = channels, .kernel = {7, 7}, .groups = channels});
    y = net.layer_norm(to_channels_last(net, y), name + ".norm", channels, norm_eps);
    y = net.gelu(net.linear(y, name + ".pwconv1", channels, 4 * channels));
    y = response_norm(net, y, name + ".grn", 4 * channels);
    y = net.linear(y, name + ".pwconv2", 4 * channels, channels);
    return net.add(x, to_channels_first(net, y));
}

Value downsample(NetworkBuilder& net, const Value& x, std::size_t stage,
                 const std::vector<std::int64_t>& channels) {
    const std::string name = "detector.downsample_layers." + std::to_string(stage);
    ConvSpec spec{.out = channels[stage], .pad = false};
    if (stage == 0) {
        spec.in = 3;
        spec.kernel = {4, 4};
        spec.stride = 4;
        return channel_norm(net, net.conv(x, name + ".0", spec), name + ".1", channels[0]);
    }
    spec.in = channels[stage - 1];
    spec.kernel = {2, 2};
    spec.stride = 2;
    return net.conv(channel_norm(net, x, name + ".0", spec.in), name + ".1", spec);
}

}  // namespace

MotionExtractorSizes MotionExtractorSizes::from(const StateDict& state) {
    MotionExtractorSizes sizes{{}, {}};
    for (int stage = 0; stage < 4; ++stage) {
        const std::string name = "detector.stages." + std::to_string(stage) + ".";
        sizes.depths.push_back(state.count(name, ".dwconv.weight"));
        sizes.channels.push_back(state.size(name + "0.dwconv.weight", 0));
    }
    return sizes;
}

void write_motion_extractor(NetworkBuilder& net, const MotionExtractorSizes& sizes) {
    Value x = net.graph.input("image", DataType::f32, {1, 3, 256, 256});
    for (std::size_t stage = 0; stage < sizes.channels.size(); ++stage) {
        x = downsample(net, x, stage, sizes.channels);
        for (std::int64_t i = 0; i < sizes.depths[stage]; ++i) {
            const std::string name =
                "detector.stages." + std::to_string(stage) + "." + std::to_string(i);
            x = block(net, x, name, sizes.channels[stage]);
        }
    }
    const std::int64_t last = sizes.channels.back();
    x = net.graph.node("ReduceMean", {x, net.graph.ints({-2, -1})}, {{"keepdims", 0}});
    x = net.layer_norm(x, "detector.norm", last, norm_eps);

    // Biases of synthetic weights: a head that looks ahead, of the usual size, with keypoints
    // spread over it.
    const std::array<Head, 7> heads{{
        {"pitch", angle_bins, 0.3, Init::around(0, 0.05)},
        {"yaw", angle_bins, 0.3, Init::around(0, 0.05)},
        {"roll", angle_bins, 0.3, Init::around(0, 0.05)},
        {"t", 3, 0.02, Init::around(0, 0.05)},
        {"exp", keypoint_values, 0.02, Init::around(0, 0.01)},
        {"scale", 1, 0.02, Init::around(1.2, 0.05)},
        {"kp", keypoint_values, 0.02, Init::around(0, 0.4)},
    }};
    for (const Head& head : heads) {
        const std::string name = std::string("detector.fc_") + head.name;
        const Value y = net.linear(x, name, last, head.size, head.gain, head.bias);
        net.graph.output(head.name, y, DataType::f32, {1, head.size});
    }
}

}  // namespace ditto::checkpoints
