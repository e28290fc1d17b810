#include "engines/ditto/warp_f3d.h"

#include <utility>

namespace ditto::reenact {

WarpF3d::WarpF3d(nn::Session network) : network_(std::move(network)) {
    network_.require_input({"feature_3d", DataType::f32, {1, 32, 16, 64, 64}});
    network_.require_input({"kp_source", DataType::f32, {1, keypoint_count, 3}});
    network_.require_input({"kp_driving", DataType::f32, {1, keypoint_count, 3}});
    network_.require_output({"out", DataType::f32, {1, 256, 64, 64}});
}

Tensor WarpF3d::operator()(const Tensor& appearance, const Keypoints& source,
                           const Keypoints& driving) const {
    const Shape shape{1, keypoint_count, 3};
    auto outputs =
        network_.run({{"feature_3d", appearance.view()},
                      {"kp_source", TensorView(std::span<const float>(source), shape)},
                      {"kp_driving", TensorView(std::span<const float>(driving), shape)}},
                     {"out"});
    return std::move(outputs.front());
}

}  // namespace ditto::reenact
