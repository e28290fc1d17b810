#include "engines/ditto/warp_f3d.h"

#include <utility>

namespace ditto::reenact {

WarpF3d::WarpF3d(nn::Session network) : network_(std::move(network)) {
    const auto& session = std::get<nn::Session>(network_);
    session.require_input({"feature_3d", DataType::f32, {1, 32, 16, 64, 64}});
    session.require_input({"kp_source", DataType::f32, {1, keypoint_count, 3}});
    session.require_input({"kp_driving", DataType::f32, {1, keypoint_count, 3}});
    session.require_output({"out", DataType::f32, {1, 256, 64, 64}});
}

WarpF3d::WarpF3d(std::shared_ptr<const cpu::WarpDecode> network) : network_(std::move(network)) {}

Tensor WarpF3d::operator()(const Tensor& appearance, const Keypoints& source,
                           const Keypoints& driving) const {
    const Shape shape{1, keypoint_count, 3};
    const TensorView from(std::span<const float>(source), shape);
    const TensorView to(std::span<const float>(driving), shape);
    if (const auto* own = std::get_if<1>(&network_)) {
        return (*own)->warp(appearance.view(), from, to);
    }
    auto outputs = std::get<nn::Session>(network_).run(
        {{"feature_3d", appearance.view()}, {"kp_source", from}, {"kp_driving", to}}, {"out"});
    return std::move(outputs.front());
}

}  // namespace ditto::reenact
