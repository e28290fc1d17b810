#include "engines/ditto/device_step.h"

#include <string>
#include <vector>

#include "checkpoints/onnx_graph.h"
#include "core/random.h"
#include "engines/ditto/audio2motion.h"

namespace ditto::reenact {
namespace {

/// A network whose outputs "NAME/copy" are its inputs: what goes in here comes out there.
nn::Session copier(std::shared_ptr<const nn::Runtime> runtime, std::span<const nn::Port> ports,
                   nn::Device device) {
    checkpoints::OnnxGraph graph("copies", 17);
    for (const nn::Port& port : ports) {
        const auto in = graph.input(port.name, port.type, port.shape);
        graph.output(port.name + "/copy", in, port.type, port.shape);
    }
    const std::string model = graph.bytes();
    return {std::move(runtime), std::as_bytes(std::span(model)), "copies", {.device = device}};
}

}  // namespace

DeviceStep::DeviceStep(nn::Session network, std::shared_ptr<const nn::Runtime> runtime,
                       nn::Device device)
    : network_(std::move(network)),
      sender_(copier(runtime, motion_inputs(), device)),
      fetcher_(copier(runtime, motion_outputs(), device)),
      sending_(sender_),
      stepping_(network_),
      fetching_(fetcher_),
      noise_(DataType::f32, motion_outputs()[0].shape),
      start_(DataType::f32, motion_outputs()[1].shape) {
    for (const nn::Port& port : motion_inputs()) {
        network_.require_input(port);
        const nn::DeviceTensor there(network_, port.type, port.shape);
        sending_.output(port.name + "/copy", there);
        stepping_.input(port.name, there);
    }
    for (const nn::Port& port : motion_outputs()) {
        network_.require_output(port);
        const nn::DeviceTensor there(network_, port.type, port.shape);
        stepping_.output(port.name, there);
        fetching_.input(port.name, there);
    }
    fetching_.output("pred_noise/copy", noise_);
    fetching_.output("x_start/copy", start_);
}

Prediction DeviceStep::operator()(std::span<const float> sample, std::span<const float> first_frame,
                                  std::span<const float> conditions, std::int64_t time) {
    const std::lock_guard lock(mutex_);
    sending_.input("x", TensorView(sample, motion_inputs()[0].shape));
    sending_.input("cond_frame", TensorView(first_frame, motion_inputs()[1].shape));
    sending_.input("cond", TensorView(conditions, motion_inputs()[2].shape));
    sending_.input("time_cond", TensorView(std::span<const std::int64_t>(&time, 1), {1}));
    sending_.run();
    stepping_.run();
    fetching_.run();
    const auto values = [](const Tensor& tensor) {
        const auto all = tensor.values<float>();
        return std::vector<float>(all.begin(), all.end());
    };
    return {values(noise_), values(start_)};
}

bool DeviceStep::holds() {
    Random random(1, 1);
    const auto drawn = [&](std::size_t count) {
        std::vector<float> values(count);
        for (float& value : values)
            value = static_cast<float>(random.normal());
        return values;
    };
    const auto sample = drawn(clip_frames * motion_size);
    const auto other = drawn(clip_frames * motion_size);
    const auto first_frame = drawn(motion_size);
    const auto conditions = drawn(clip_frames * condition_size);
    // The first runs are computed and recorded, the others played.
    const auto start = [&](const std::vector<float>& of) {
        return (*this)(of, first_frame, conditions, 500).start;
    };
    const auto computed = start(sample);
    for (int i = 0; i < 3; ++i)
        start(sample);
    const auto played = start(sample);
    const auto changed = start(other);
    constexpr float tolerance = 1e-4F;
    return difference(played, computed) <= tolerance && difference(changed, computed) > tolerance &&
           difference(start(sample), computed) <= tolerance;
}

}  // namespace ditto::reenact
