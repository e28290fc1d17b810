#include "engines/ditto/decode_f3d.h"

#include <algorithm>
#include <utility>

namespace ditto::reenact {
namespace {
constexpr int side = 512;
}

DecodeF3d::DecodeF3d(nn::Session network) : network_(std::move(network)) {
    const auto& session = std::get<nn::Session>(network_);
    session.require_input({"feature", DataType::f32, {1, 256, 64, 64}});
    session.require_output({"output", DataType::f32, {1, 3, side, side}});
}

DecodeF3d::DecodeF3d(std::shared_ptr<const cpu::WarpDecode> network)
    : network_(std::move(network)) {}

Tensor DecodeF3d::picture(const Tensor& warped) const {
    if (const auto* own = std::get_if<1>(&network_)) return (*own)->decode(warped.view());
    auto outputs = std::get<nn::Session>(network_).run({{"feature", warped.view()}}, {"output"});
    return std::move(outputs.front());
}

FloatImage DecodeF3d::operator()(const Tensor& warped) const {
    const Tensor picture = this->picture(warped);
    const auto planes = picture.values<float>();
    constexpr std::size_t plane = side * side;
    FloatImage face(side, side, 3);
    for (std::size_t i = 0; i < plane; ++i) {
        for (std::size_t c = 0; c < 3; ++c)
            face.values[i * 3 + c] = std::clamp(planes[c * plane + i], 0.F, 1.F) * 255;
    }
    return face;
}

}  // namespace ditto::reenact
