#include "engines/ditto/audio2motion.h"

#include <utility>

namespace ditto::reenact {

Audio2Motion::Audio2Motion(nn::Session network) : network_(std::move(network)) {
    const Shape motion{1, clip_frames, motion_size};
    network_.require_input({"x", DataType::f32, motion});
    network_.require_input({"cond_frame", DataType::f32, {1, motion_size}});
    network_.require_input({"cond", DataType::f32, {1, clip_frames, condition_size}});
    network_.require_input({"time_cond", DataType::i64, {1}});
    network_.require_output({"pred_noise", DataType::f32, motion});
    network_.require_output({"x_start", DataType::f32, motion});
}

Prediction Audio2Motion::operator()(std::span<const float> sample,
                                    std::span<const float> first_frame,
                                    std::span<const float> conditions, std::int64_t time) const {
    const auto outputs =
        network_.run({{"x", TensorView(sample, {1, clip_frames, motion_size})},
                      {"cond_frame", TensorView(first_frame, {1, motion_size})},
                      {"cond", TensorView(conditions, {1, clip_frames, condition_size})},
                      {"time_cond", TensorView(std::span<const std::int64_t>(&time, 1), {1})}},
                     {"pred_noise", "x_start"});
    const auto values = [&](std::size_t i) {
        const auto span = outputs[i].values<float>();
        return std::vector<float>(span.begin(), span.end());
    };
    return {values(0), values(1)};
}

}  // namespace ditto::reenact
