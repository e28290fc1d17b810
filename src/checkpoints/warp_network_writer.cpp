#include <array>

#include "base/error.h"
#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

constexpr std::int64_t keypoints = 21;
constexpr std::int64_t motions = keypoints + 1;  // and one for the background, which stays
constexpr std::int64_t channels = 32;
constexpr std::int64_t depth = 16;
constexpr std::int64_t side = 64;
constexpr std::int64_t cells = depth * side * side;
constexpr float keypoint_variance = 0.01F;

/// `size` positions from -1 to 1, rounded as the reference rounds them.
std::vector<float> positions(std::int64_t size) {
    std::vector<float> result;
    for (std::int64_t i = 0; i < size; ++i)
        result.push_back(2 * (static_cast<float>(i) / static_cast<float>(size - 1)) - 1);
    return result;
}

/// (1,16,64,64,3): x, y, z of every cell.
Value identity_grid(NetworkBuilder& net) {
    const auto across = positions(side);
    const auto inwards = positions(depth);
    std::vector<float> grid;
    grid.reserve(static_cast<std::size_t>(cells * 3));
    for (const float z : inwards) {
        for (const float y : across) {
            for (const float x : across)
                grid.insert(grid.end(), {x, y, z});
        }
    }
    return net.graph.floats(grid, {1, depth, side, side, 3});
}

/// A bump around every keypoint: (1,21,3) -> (1,21,16,64,64). The exponent is a sum over the axes,
/// so each axis is squared by itself and only the sum has all cells.
Value heatmap(NetworkBuilder& net, const Value& keypoint_positions) {
    const auto axes =
        net.graph.nodes("Split", {net.reshape(keypoint_positions, {1, keypoints, 3, 1, 1, 1})},
                        {{"axis", 2}, {"num_outputs", 3}}, 3);
    const std::array<Shape, 3> shapes{Shape{1, 1, 1, side}, Shape{1, 1, side, 1},
                                      Shape{1, depth, 1, 1}};
    std::array<Value, 3> squares;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const Value grid = net.graph.floats(positions(axis == 2 ? depth : side), shapes[axis]);
        const Value at = net.reshape(axes[axis], {1, keypoints, 1, 1, 1});
        const Value difference = net.sub(grid, at);
        squares[axis] = net.mul(difference, difference);
    }
    const Value sum = net.add(net.add(squares[0], squares[1]), squares[2]);
    return net.graph.node("Exp", {net.mul(sum, net.graph.scalar(-0.5F / keypoint_variance))});
}

/// Linear interpolation along one axis as a matrix for each motion. Cell i of the result is taken
/// at g = position i + shift, that is at cell c = ((g + 1) x size - 1) / 2, and cell j has a part
/// of max(0, 1 - |c - j|) in it; what lies outside is zero. `shift`: (22,1,1). Gives
/// (22,size,size), result x cell, or cell x result where `transposed`.
Value interpolation(NetworkBuilder& net, const Value& shift, std::int64_t size, bool transposed) {
    const auto length = static_cast<float>(size);
    std::vector<float> cells_of_axis;
    for (std::int64_t i = 0; i < size; ++i)
        cells_of_axis.push_back(static_cast<float>(i));
    const Shape row{1, 1, size};
    const Shape column{1, size, 1};
    const Value grid = net.add(net.graph.floats(positions(size), transposed ? row : column), shift);
    const Value at =
        net.add(net.mul(grid, net.graph.scalar(length / 2)), net.graph.scalar((length - 1) / 2));
    const Value distance = net.graph.node(
        "Abs", {net.sub(at, net.graph.floats(cells_of_axis, transposed ? column : row))});
    return net.relu(net.sub(net.graph.scalar(1), distance));
}

/// What each motion alone makes of the volume: (22,count,16,64,64). The reference samples the
/// volume 22 times at single points; as a keypoint moves everything by one shift, three products
/// with interpolation matrices give the same in a tenth of the time.
Value shifted_volumes(NetworkBuilder& net, const Value& volume, std::int64_t count,
                      const Value& shifts) {
    const auto axes = net.graph.nodes("Split", {net.reshape(shifts, {motions, 3, 1})},
                                      {{"axis", 1}, {"num_outputs", 3}}, 3);
    Value x = net.graph.node("MatMul", {net.reshape(volume, {1, count * depth * side, side}),
                                        interpolation(net, axes[0], side, true)});
    const auto along = [&](const Value& shift, std::int64_t size, const Shape& shape) {
        const Value matrix =
            net.reshape(interpolation(net, shift, size, false), {motions, 1, size, size});
        x = net.graph.node("MatMul", {matrix, net.reshape(x, shape)});
    };
    along(axes[1], side, {motions, count * depth, side, side});
    along(axes[2], depth, {motions, count, depth, side * side});
    return net.reshape(x, {motions, count, depth, side, side});
}

/// The shifted volumes and the bumps' differences, one pair for each motion:
/// (1, 22 x (1 + count), 16, 64, 64).
Value sparse_motion_features(NetworkBuilder& net, const Value& compressed, std::int64_t count,
                             const Value& source, const Value& driving, const Value& shifts) {
    const Value bumps = net.sub(heatmap(net, driving), heatmap(net, source));
    // The background's map is zero.
    const Value all_bumps =
        net.graph.node("Pad", {bumps, net.graph.ints({0, 1, 0, 0, 0, 0, 0, 0, 0, 0})});
    const Value pairs = net.concat({net.reshape(all_bumps, {motions, 1, depth, side, side}),
                                    shifted_volumes(net, compressed, count, shifts)},
                                   1);
    return net.reshape(pairs, {1, motions * (count + 1), depth, side, side});
}

ConvSpec volume_conv(std::int64_t in, std::int64_t out, std::int64_t kernel, double gain) {
    return {.in = in, .out = out, .kernel = {kernel, kernel, kernel}, .gain = gain};
}

Value hourglass(NetworkBuilder& net, const Value& input, std::int64_t features,
                const WarpNetworkSizes& sizes) {
    const std::string prefix = "dense_motion_network.hourglass.";
    std::vector<Value> skips{input};
    std::vector<std::int64_t> skip_channels{features};
    Value x = input;
    for (std::size_t i = 0; i < sizes.down.size(); ++i) {
        const std::string name = prefix + "encoder.down_blocks." + std::to_string(i);
        x = net.relu(net.conv_batch_norm(
            x, name + ".conv", name + ".norm",
            volume_conv(skip_channels.back(), sizes.down[i], sizes.hourglass_kernel, 1.4)));
        x = net.graph.node("AveragePool", {x},
                           {{"kernel_shape", Ints{1, 2, 2}}, {"strides", Ints{1, 2, 2}}});
        skips.push_back(x);
        skip_channels.push_back(sizes.down[i]);
    }
    std::int64_t width = skip_channels.back();
    for (std::size_t i = 0; i < sizes.up.size(); ++i) {
        const std::string name = prefix + "decoder.up_blocks." + std::to_string(i);
        skips.pop_back();
        skip_channels.pop_back();
        x = net.upsample(x, {1, 1, 1, 2, 2});
        x = net.relu(
            net.conv_batch_norm(x, name + ".conv", name + ".norm",
                                volume_conv(width, sizes.up[i], sizes.hourglass_kernel, 1.4)));
        x = net.concat({x, skips.back()}, 1);
        width = sizes.up[i] + skip_channels.back();
    }
    return net.relu(net.conv_batch_norm(x, prefix + "decoder.conv", prefix + "decoder.norm",
                                        volume_conv(width, width, sizes.hourglass_kernel, 1.4)));
}

/// (1,16,64,64,3): the keypoints' shifts weighted by the mask, the softmax of `logits`
/// (1,22,16,64,64). The masks of a cell sum to one, so its own position needs no weighting. One
/// product gives both the weighted sum and what to divide it by.
Value deformation(NetworkBuilder& net, const Value& logits, const Value& shifts) {
    const Value largest = net.graph.node("ReduceMax", {logits, net.graph.ints({1})});
    const Value weights =
        net.reshape(net.graph.node("Exp", {net.sub(logits, largest)}), {motions, cells});
    const std::vector<float> ones(static_cast<std::size_t>(motions), 1);
    const Value rows =
        net.concat({net.transpose(shifts, {1, 0}), net.graph.floats(ones, {1, motions})}, 0);
    const auto sums = net.graph.nodes(
        "Split", {net.graph.node("MatMul", {rows, weights}), net.graph.ints({3, 1})}, {{"axis", 0}},
        2);
    const Value moved = net.transpose(net.graph.node("Div", {sums[0], sums[1]}), {1, 0});
    return net.add(identity_grid(net), net.reshape(moved, {1, depth, side, side, 3}));
}

}  // namespace

WarpNetworkSizes WarpNetworkSizes::from(const StateDict& state) {
    const std::string dense = "dense_motion_network.";
    const std::string decoder = dense + "hourglass.decoder.";
    WarpNetworkSizes sizes{.compressed = state.size(dense + "compress.weight", 0),
                           .down = {},
                           .up = {},
                           .flattened = state.size("third.conv.weight", 0),
                           .hourglass_kernel = state.size(decoder + "conv.weight", 2),
                           .mask_kernel = state.size(dense + "mask.weight", 2),
                           .occlusion_kernel = state.size(dense + "occlusion.weight", 2),
                           .flattened_kernel = state.size("third.conv.weight", 2)};
    const std::string down = dense + "hourglass.encoder.down_blocks.";
    const std::string up = decoder + "up_blocks.";
    const std::int64_t blocks = state.count(down, ".conv.weight");
    for (std::int64_t i = 0; i < blocks; ++i) {
        sizes.down.push_back(state.size(down + std::to_string(i) + ".conv.weight", 0));
        sizes.up.push_back(state.size(up + std::to_string(i) + ".conv.weight", 0));
    }
    if (blocks > 6) {
        throw Error(ErrorCode::model_mismatch,
                    {{"path", state.path}, {"what", "the hourglass halves 64 too often"}});
    }
    return sizes;
}

void write_warp_network(NetworkBuilder& net, const WarpNetworkSizes& sizes) {
    const std::string dense = "dense_motion_network.";
    const Value volume =
        net.graph.input("feature_3d", DataType::f32, {1, channels, depth, side, side});
    const Value source = net.graph.input("kp_source", DataType::f32, {1, keypoints, 3});
    const Value driving = net.graph.input("kp_driving", DataType::f32, {1, keypoints, 3});

    const Value compressed =
        net.relu(net.conv_batch_norm(volume, dense + "compress", dense + "norm",
                                     volume_conv(channels, sizes.compressed, 1, 1.4)));
    // From where to take what a keypoint moves; the background's row is zero. (22,3)
    const Value shifts = net.graph.node(
        "Pad",
        {net.reshape(net.sub(source, driving), {keypoints, 3}), net.graph.ints({1, 0, 0, 0})});
    const std::int64_t features = motions * (sizes.compressed + 1);
    const Value sparse =
        sparse_motion_features(net, compressed, sizes.compressed, source, driving, shifts);
    const Value prediction = hourglass(net, sparse, features, sizes);
    const std::int64_t width = features + (sizes.up.empty() ? 0 : sizes.up.back());

    const Value logits =
        net.conv(prediction, dense + "mask", volume_conv(width, motions, sizes.mask_kernel, 2));
    const Value occlusion = net.graph.node(
        "Sigmoid",
        {net.conv(net.reshape(prediction, {1, width * depth, side, side}), dense + "occlusion",
                  {.in = width * depth,
                   .out = 1,
                   .kernel = {sizes.occlusion_kernel, sizes.occlusion_kernel}})});

    Value x = net.graph.node("GridSample", {volume, deformation(net, logits, shifts)},
                             {{"mode", "linear"}, {"padding_mode", "zeros"}, {"align_corners", 0}});
    x = net.conv_batch_norm(net.reshape(x, {1, channels * depth, side, side}), "third.conv",
                            "third.norm",
                            {.in = channels * depth,
                             .out = sizes.flattened,
                             .kernel = {sizes.flattened_kernel, sizes.flattened_kernel}});
    x = net.leaky_relu(x, 0.01F);
    x = net.conv(x, "fourth", {.in = sizes.flattened, .out = 256, .kernel = {1, 1}, .gain = 1.4});
    net.graph.output("out", net.mul(x, occlusion), DataType::f32, {1, 256, side, side});
}

}  // namespace ditto::checkpoints
