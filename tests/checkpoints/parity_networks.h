#pragma once

#include <cmath>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "checkpoints/network_writers.h"
#include "core/tensor.h"

namespace ditto::checkpoints {

/// One input of a parity case: value i is centre + spread x sin(1 + 0.618034 i + phase), in double.
struct ParityInput {
    std::string name;
    Shape shape;
    double centre = 0;
    double spread = 1;
    double phase = 0;

    Tensor values() const {
        Tensor tensor(DataType::f32, shape);
        double i = 0;
        for (float& value : tensor.values<float>())
            value = static_cast<float>(centre + spread * std::sin(1 + 0.618034 * i++ + phase));
        return tensor;
    }
};

/// A network whose ONNX graph is compared with the PyTorch module it stands for.
struct ParityCase {
    std::string name;
    std::uint64_t seed;
    std::function<void(NetworkBuilder&)> write;
    std::vector<ParityInput> inputs;
    std::vector<std::string> outputs;
};

inline void PrintTo(const ParityCase& network, std::ostream* out) {
    *out << network.name;
}

inline constexpr std::int64_t parity_time = 321;  // lmdm's time_cond

/// `full`: the official sizes. Otherwise sizes that the reference's modules can be made with (the
/// kernels are theirs, but for the mask's, whose 7x7x7 take too long).
inline std::vector<ParityCase> parity_cases(bool full) {
    const auto pick = [full](auto small) { return full ? decltype(small){} : small; };
    const auto appearance = pick(AppearanceExtractorSizes{{4, 8, 16}, 1});
    const auto motion = pick(MotionExtractorSizes{{1, 2, 1, 1}, {8, 16, 24, 32}});
    const auto stitch = pick(StitchNetworkSizes{{32, 16}});
    const auto warp = pick(WarpNetworkSizes{2, {4, 6, 8}, {6, 4, 3}, 8, 3, 3, 7, 3});
    const auto decoder = pick(DecoderSizes{8, 4, 6, 4, 3});
    const auto lmdm = pick(LmdmSizes{1103, 32, 48, 2, 2});

    const ParityInput image{"image", {1, 3, 256, 256}, 0.5, 0.5};
    const ParityInput source{"kp_source", {1, 21, 3}, 0, 0.7};
    const ParityInput driving{"kp_driving", {1, 21, 3}, 0, 0.7, 0.1};
    return {
        {"appearance_extractor",
         1,
         [=](NetworkBuilder& net) { write_appearance_extractor(net, appearance); },
         {image},
         {"pred"}},
        {"motion_extractor",
         2,
         [=](NetworkBuilder& net) { write_motion_extractor(net, motion); },
         {image},
         {"pitch", "yaw", "roll", "t", "exp", "scale", "kp"}},
        {"stitch_network",
         3,
         [=](NetworkBuilder& net) { write_stitch_network(net, stitch); },
         {source, driving},
         {"out"}},
        {"warp_network",
         4,
         [=](NetworkBuilder& net) { write_warp_network(net, warp); },
         {{"feature_3d", {1, 32, 16, 64, 64}}, source, driving},
         {"out"}},
        {"decoder",
         5,
         [=](NetworkBuilder& net) { write_decoder(net, decoder); },
         {{"feature", {1, 256, 64, 64}}},
         {"output"}},
        {"lmdm",
         6,
         [=](NetworkBuilder& net) { write_lmdm(net, lmdm); },
         {{"x", {1, 80, 265}}, {"cond_frame", {1, 265}, 0, 0.2}, {"cond", {1, 80, 1103}}},
         {"pred_noise", "x_start"}},
    };
}

inline OnnxGraph parity_graph(const ParityCase& parity, Folding folding) {
    OnnxGraph graph(parity.name);
    SyntheticWeights weights(parity.seed);
    NetworkBuilder net(graph, weights, folding);
    parity.write(net);
    return graph;
}

}  // namespace ditto::checkpoints
