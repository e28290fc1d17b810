#include "engines/ditto/decode_f3d.h"

#include <algorithm>
#include <utility>

namespace ditto::reenact {
namespace {
constexpr int side = 512;
}

DecodeF3d::DecodeF3d(nn::Session network) : network_(std::move(network)) {
    network_.require_input({"feature", DataType::f32, {1, 256, 64, 64}});
    network_.require_output({"output", DataType::f32, {1, 3, side, side}});
}

FloatImage DecodeF3d::operator()(const Tensor& warped) const {
    const auto outputs = network_.run({{"feature", warped.view()}}, {"output"});
    const auto planes = outputs.front().values<float>();
    constexpr std::size_t plane = side * side;
    FloatImage face(side, side, 3);
    for (std::size_t i = 0; i < plane; ++i) {
        for (std::size_t c = 0; c < 3; ++c)
            face.values[i * 3 + c] = std::clamp(planes[c * plane + i], 0.F, 1.F) * 255;
    }
    return face;
}

}  // namespace ditto::reenact
