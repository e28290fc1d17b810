#include "denoiser/motion_clip.h"

#include <cmath>
#include <optional>

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/lmdm_reader.h"
#include "checkpoints/network_builder.h"
#include "checkpoints/network_writers.h"
#include "core/random.h"
#include "nn/session.h"

namespace ditto::denoiser {
namespace {

constexpr std::int64_t frames = 80;
constexpr std::int64_t motion = 265;
constexpr std::int64_t condition = 1103;

std::vector<float> drawn(std::int64_t count, std::uint64_t stream) {
    Random random(5, stream);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values)
        value = static_cast<float>(random.normal());
    return values;
}

/// A small network, as a graph and in parts.
class Parts : public testing::Test {
  protected:
    void SetUp() override {
        if (best_kernels() == nullptr) GTEST_SKIP() << "needs AVX2";
        checkpoints::SyntheticWeights weights(9);
        checkpoints::OnnxGraph graph("lmdm");
        checkpoints::NetworkBuilder net(graph, weights, checkpoints::Folding::none);
        checkpoints::write_lmdm(net, {condition, 48, 40, 2, 3});
        model_ = graph.bytes();
        weights_ = checkpoints::read_lmdm(model_, "lmdm")->tensors;
        network_.emplace(*best_kernels(), weights_, "lmdm");
        session_.emplace(nn::Runtime::open(), std::as_bytes(std::span(model_)), "lmdm");
    }

    std::vector<float> graph(std::int64_t time) const {
        const auto out = session_->run(
            {{"x", TensorView(std::span<const float>(x_), {1, frames, motion})},
             {"cond_frame", TensorView(std::span<const float>(last_), {1, motion})},
             {"cond", TensorView(std::span<const float>(condition_), {1, frames, condition})},
             {"time_cond", TensorView(std::span<const std::int64_t>(&time, 1), {1})}},
            {"x_start"});
        const auto values = out.front().values<float>();
        return {values.begin(), values.end()};
    }

    std::string model_;
    MotionWeights weights_;
    std::optional<MotionNetwork> network_;
    std::optional<nn::Session> session_;
    std::vector<float> x_ = drawn(frames * motion, 1);
    std::vector<float> last_ = drawn(motion, 2);
    std::vector<float> condition_ = drawn(frames * condition, 3);
};

TEST_F(Parts, EveryStepIsTheGraphs) {
    const std::vector<std::int64_t> times{999, 500, 19, 0};
    const Schedule schedule = network_->schedule(times);
    for (const int threads : {1, 2}) {
        MotionClip clip(*network_, schedule, last_, condition_, threads);
        for (std::size_t step = 0; step < times.size(); ++step) {
            std::vector<float> start(x_.size());
            clip.predict(step, x_, start);
            const auto wanted = graph(times[step]);
            float largest = 0;
            for (const float value : wanted)
                largest = std::max(largest, std::abs(value));
            ASSERT_GT(largest, 0);
            for (std::size_t i = 0; i < wanted.size(); ++i)
                ASSERT_NEAR(start[i], wanted[i], 1e-4 * largest) << times[step];
        }
    }
}

TEST_F(Parts, ThreadsDoNotChangeTheResult) {
    const Schedule schedule = network_->schedule(std::vector<std::int64_t>{700});
    std::vector<float> one(x_.size());
    std::vector<float> two(x_.size());
    MotionClip(*network_, schedule, last_, condition_, 1).predict(0, x_, one);
    MotionClip(*network_, schedule, last_, condition_, 2).predict(0, x_, two);
    EXPECT_EQ(one, two);
}

TEST_F(Parts, RefusesWeightsThatDoNotFit) {
    for (const char* name : {"final_layer.weight", "rotary.freqs", "null_cond_embed",
                             "seqTransDecoder.stack.2.film3.block.1.bias"}) {
        MotionWeights fewer = weights_;
        fewer.erase(name);
        EXPECT_THROW(MotionNetwork(*best_kernels(), fewer, "lmdm"), Error) << name;
        fewer[name] = std::make_shared<const Tensor>(DataType::f32, Shape{3});
        EXPECT_THROW(MotionNetwork(*best_kernels(), fewer, "lmdm"), Error) << name;
    }
}

}  // namespace
}  // namespace ditto::denoiser
