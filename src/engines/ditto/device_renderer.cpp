#include "engines/ditto/device_renderer.h"

#include <cstdint>

#include "base/error.h"

namespace ditto::reenact {
namespace {

/// More fill a GPU no better, and a live stream's frames come in fives.
constexpr std::size_t most_at_once = 4;

}  // namespace

DeviceRenderer::DeviceRenderer(const WarpF3d& warp, const DecodeF3d& decode)
    : decode_(decode),
      batch_(decode.takes_any_number() ? most_at_once : 1),
      warped_(warp.session(), DataType::f32, {static_cast<std::int64_t>(batch_), 256, 64, 64}),
      warping_(warp.session()),
      decoding_(decode.session()) {}

std::vector<Face> DeviceRenderer::operator()(std::span<const FacePose> poses) {
    if (poses.size() != 1 && poses.size() != batch_) {
        throw Error(ErrorCode::internal, {}, "number of poses");
    }
    const Shape keypoints{1, keypoint_count, 3};
    std::int64_t row = 0;
    for (const FacePose& pose : poses) {
        if (appearance_ != pose.appearance) {
            warping_.input("feature_3d", pose.appearance->view());
            appearance_ = pose.appearance;
        }
        warping_.input("kp_source", TensorView(std::span<const float>(pose.source), keypoints));
        warping_.input("kp_driving", TensorView(std::span<const float>(pose.driving), keypoints));
        warping_.output("out", warped_.rows(row++, 1));
        warping_.run();
    }
    Tensor pictures = decode_.make_output(row);
    decoding_.input("feature", warped_.rows(0, row));
    decoding_.output("output", pictures);
    decoding_.run();
    std::vector<Face> faces;
    for (std::int64_t i = 0; i < row; ++i)
        faces.push_back(decode_.face(pictures, i));
    return faces;
}

}  // namespace ditto::reenact
