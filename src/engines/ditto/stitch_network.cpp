#include "engines/ditto/stitch_network.h"

#include <algorithm>
#include <utility>

namespace ditto::reenact {

StitchNetwork::StitchNetwork(nn::Session network) : network_(std::move(network)) {
    network_.require_input({"kp_source", DataType::f32, {1, keypoint_count, 3}});
    network_.require_input({"kp_driving", DataType::f32, {1, keypoint_count, 3}});
    network_.require_output({"out", DataType::f32, {1, keypoint_count, 3}});
}

Keypoints StitchNetwork::operator()(const Keypoints& source, const Keypoints& driving) const {
    const Shape shape{1, keypoint_count, 3};
    const auto outputs =
        network_.run({{"kp_source", TensorView(std::span<const float>(source), shape)},
                      {"kp_driving", TensorView(std::span<const float>(driving), shape)}},
                     {"out"});
    Keypoints result{};
    std::ranges::copy(outputs.front().values<float>(), result.begin());
    return result;
}

}  // namespace ditto::reenact
