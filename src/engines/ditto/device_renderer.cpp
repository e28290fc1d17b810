#include "engines/ditto/device_renderer.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "core/random.h"

namespace ditto::reenact {
namespace {

/// More fill a GPU no better, and a live stream's frames come in fives.
constexpr std::size_t most_at_once = 4;

/// Largest difference in levels.
int largest_difference(const Image& a, const Image& b) {
    int largest = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int i = 0; i < 3 * a.width(); ++i)
            largest = std::max(largest, std::abs(a.row(y)[i] - b.row(y)[i]));
    }
    return largest;
}

}  // namespace

DeviceRenderer::DeviceRenderer(const WarpF3d& warp, const DecodeF3d& decode)
    : warp_(warp),
      decode_(decode),
      batch_(decode.takes_any_number() ? most_at_once : 1),
      warped_(warp.session(), DataType::f32, {static_cast<std::int64_t>(batch_), 256, 64, 64}),
      decoding_(decode.session()),
      work_(batch_, [this](std::span<const Request> requests) { return render(requests); }) {}

void DeviceRenderer::rehearse() {
    // Other algorithms are chosen for a batch, in 16 bits.
    constexpr int tolerance = 8;
    Tensor appearance(DataType::f32, {1, 32, 16, 64, 64});
    Random random(1);
    for (float& value : appearance.values<float>())
        value = static_cast<float>(random.normal());
    FacePose pose{&appearance};
    for (std::size_t i = 0; i < pose.source.size(); ++i) {
        pose.source[i] = static_cast<float>(random.uniform(-.5, .5));
        pose.driving[i] = pose.source[i] + .02F;
    }
    Run run(*this);
    const Face alone = std::move(run(std::span(&pose, 1)).front());
    if (batch_ == 1) return;
    for (const Face& face : run(std::vector(batch_, pose))) {
        if (largest_difference(face.pixels, alone.pixels) > tolerance) {
            throw Error(ErrorCode::internal, {}, "faces decoded together differ from one alone");
        }
    }
}

std::vector<Face> DeviceRenderer::render(std::span<const Request> requests) {
    const Shape keypoints{1, keypoint_count, 3};
    std::int64_t row = 0;
    for (const auto& [run, pose] : requests) {
        nn::BoundRun& warping = run->warping_;
        if (run->appearance_ != pose->appearance) {
            warping.input("feature_3d", pose->appearance->view());
            run->appearance_ = pose->appearance;
        }
        warping.input("kp_source", TensorView(std::span<const float>(pose->source), keypoints));
        warping.input("kp_driving", TensorView(std::span<const float>(pose->driving), keypoints));
        warping.output("out", warped_.rows(row++, 1));
        warping.run();
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

DeviceRenderer::Run::Run(DeviceRenderer& renderer)
    : renderer_(renderer), warping_(renderer.warp_.session()) {}

std::vector<Face> DeviceRenderer::Run::operator()(std::span<const FacePose> poses) {
    std::vector<Request> requests;
    for (const FacePose& pose : poses)
        requests.push_back({this, &pose});
    return renderer_.work_(requests);
}

}  // namespace ditto::reenact
