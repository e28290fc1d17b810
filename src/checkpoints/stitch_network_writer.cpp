#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

constexpr std::int64_t keypoint_values = 63;               // 21 x 3
constexpr std::int64_t output_size = keypoint_values + 2;  // and one shift in x and y

}  // namespace

StitchNetworkSizes StitchNetworkSizes::from(const StateDict& state) {
    StitchNetworkSizes sizes{{}};
    // Layers are numbered 0, 2, 4, ...: between them stand the ReLUs. The last one is the output.
    for (int i = 0; state.has("mlp." + std::to_string(i + 2) + ".weight"); i += 2)
        sizes.hidden.push_back(state.size("mlp." + std::to_string(i) + ".weight", 0));
    return sizes;
}

void write_stitch_network(NetworkBuilder& net, const StitchNetworkSizes& sizes) {
    const Value source = net.graph.input("kp_source", DataType::f32, {1, 21, 3});
    const Value driving = net.graph.input("kp_driving", DataType::f32, {1, 21, 3});
    Value x = net.concat(
        {net.reshape(source, {1, keypoint_values}), net.reshape(driving, {1, keypoint_values})}, 1);
    std::int64_t size = 2 * keypoint_values;
    int layer = 0;
    for (const std::int64_t hidden : sizes.hidden) {
        x = net.relu(net.linear(x, "mlp." + std::to_string(layer), size, hidden, 1.4));
        size = hidden;
        layer += 2;
    }
    x = net.linear(x, "mlp." + std::to_string(layer), size, output_size, 0.01,
                   Init::around(0, 0.002));

    const auto parts =
        net.graph.nodes("Split", {x, net.graph.ints({keypoint_values, 2})}, {{"axis", 1}}, 2);
    const Value moved = net.add(driving, net.reshape(parts[0], {1, 21, 3}));
    const Value shift = net.graph.node(
        "Pad", {net.reshape(parts[1], {1, 1, 2}), net.graph.ints({0, 0, 0, 0, 0, 1})});
    net.graph.output("out", net.add(moved, shift), DataType::f32, {1, 21, 3});
}

}  // namespace ditto::checkpoints
