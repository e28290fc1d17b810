#include "engines/ditto/decode_f3d.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ditto::reenact {
namespace {

constexpr int side = 512;
constexpr std::size_t plane = side * side;

Image from_bytes(std::span<const std::uint8_t> pixels) {
    Image face(side, side);
    std::memcpy(face.row(0), pixels.data(), pixels.size());
    return face;
}

FloatImage from_planes(std::span<const float> planes) {
    FloatImage face(side, side, 3);
    for (std::size_t i = 0; i < plane; ++i) {
        for (std::size_t c = 0; c < 3; ++c)
            face.values[i * 3 + c] = std::clamp(planes[c * plane + i], 0.F, 1.F) * 255;
    }
    return face;
}

}  // namespace

DecodeF3d::DecodeF3d(nn::Session network) : network_(std::move(network)) {
    session().require_input({"feature", DataType::f32, {1, 256, 64, 64}});
    const auto output = std::ranges::find(session().outputs(), "output", &nn::Port::name);
    in_bytes_ = output != session().outputs().end() && output->type == DataType::u8;
    if (in_bytes_) {
        session().require_output({"output", DataType::u8, {1, side, side, 3}});
    } else {
        session().require_output({"output", DataType::f32, {1, 3, side, side}});
    }
    any_number_ = session().inputs().front().shape[0] < 0 && output->shape[0] < 0;
}

DecodeF3d::DecodeF3d(std::shared_ptr<const cpu::WarpDecode> network)
    : network_(std::move(network)) {}

Tensor DecodeF3d::make_output(std::int64_t count) const {
    if (in_bytes_) return {DataType::u8, {count, side, side, 3}};
    return {DataType::f32, {count, 3, side, side}};
}

Face DecodeF3d::face(const Tensor& output, std::int64_t index) const {
    const std::size_t first = static_cast<std::size_t>(index) * 3 * plane;
    if (in_bytes_) {
        return {{}, from_bytes(output.values<std::uint8_t>().subspan(first, 3 * plane))};
    }
    return {from_planes(output.values<float>().subspan(first, 3 * plane)), {}};
}

Face DecodeF3d::operator()(const Tensor& warped) const {
    if (const auto* own = std::get_if<1>(&network_)) return face((*own)->decode(warped.view()), 0);
    return face(session().run({{"feature", warped.view()}}, {"output"}).front(), 0);
}

}  // namespace ditto::reenact
