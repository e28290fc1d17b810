#include "checkpoints/gpu_graph.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/free_batch.h"
#include "checkpoints/half_precision.h"
#include "checkpoints/onnx_graph.h"
#include "checkpoints/onnx_model.h"
#include "nn/session.h"
#include "parity_networks.h"

namespace ditto::checkpoints {
namespace {

std::vector<Tensor> run(const std::string& model, const ParityCase& network) {
    const nn::Session session(nn::Runtime::open(), std::as_bytes(std::span(model)), network.name);
    std::vector<Tensor> tensors;
    const std::int64_t time = parity_time;
    nn::Inputs inputs;
    tensors.reserve(network.inputs.size());
    for (const ParityInput& input : network.inputs) {
        tensors.push_back(input.values());
        inputs.emplace_back(input.name, tensors.back().view());
    }
    if (network.name == "lmdm")
        inputs.emplace_back("time_cond", TensorView(std::span<const std::int64_t>(&time, 1), {1}));
    const std::vector<std::string_view> outputs(network.outputs.begin(), network.outputs.end());
    return session.run(inputs, outputs);
}

std::string written(const ParityCase& network, Folding folding) {
    return parity_graph(network, folding).bytes();
}

/// Root mean square of the difference as a part of that of `wanted`.
double apart(const Tensor& made, const Tensor& wanted) {
    double difference = 0;
    double size = 0;
    for (std::size_t i = 0; i < wanted.count(); ++i) {
        const double value = wanted.values<float>()[i];
        const double by = made.values<float>()[i] - value;
        difference += by * by;
        size += value * value;
    }
    return std::sqrt(difference / size);
}

double apart(const std::vector<Tensor>& made, const std::vector<Tensor>& wanted) {
    double largest = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        // Not a number is a difference too.
        const double here = apart(made[i], wanted[i]);
        largest = here <= largest ? largest : here;
    }
    return largest;
}

class EachNetwork : public testing::TestWithParam<ParityCase> {};

TEST_P(EachNetwork, IsTheSameIn32Bits) {
    for (const Folding folding : {Folding::none, Folding::exact}) {
        const std::string model = written(GetParam(), folding);
        const std::string rewritten = gpu_graph(model, {}, GetParam().name);
        EXPECT_LE(apart(run(rewritten, GetParam()), run(model, GetParam())), 1e-5);
    }
}

TEST_P(EachNetwork, IsNearlyTheSameIn16Bits) {
    for (const Folding folding : {Folding::none, Folding::exact}) {
        const std::string model = written(GetParam(), folding);
        const std::string rewritten = gpu_graph(model, {.half = true}, GetParam().name);
        const double difference = apart(run(rewritten, GetParam()), run(model, GetParam()));
        // Guidance subtracts two predictions that are alike.
        EXPECT_LE(difference, GetParam().name == "lmdm" ? 1e-2 : 2e-3);
        EXPECT_GT(difference, 0) << "nothing was computed in 16 bits";
    }
}

INSTANTIATE_TEST_SUITE_P(GpuGraph, EachNetwork, testing::ValuesIn(parity_cases(false)),
                         [](const auto& test) { return test.param.name; });

const OnnxNode& only(const OnnxModel& model, std::string_view op) {
    const auto found = std::ranges::find(model.nodes, op, &OnnxNode::op);
    EXPECT_NE(found, model.nodes.end()) << op;
    return *found;
}

/// Whether a constant that a node takes is in 16 bits.
bool takes_half(const OnnxModel& model, const OnnxNode& node, std::size_t input) {
    return model.constants.at(node.inputs.at(input)).type == 10;
}

Tensor filled(const Shape& shape, float value) {
    Tensor tensor(DataType::f32, shape);
    std::ranges::fill(tensor.values<float>(), value);
    return tensor;
}

TEST(GpuGraph, WeightsTakeHalfTheRoom) {
    OnnxGraph graph("conv");
    const Value x = graph.input("x", DataType::f32, {1, 8, 4, 4});
    const Value weight = graph.initializer("weight", filled({64, 8, 3, 3}, .1F));
    graph.output("y", graph.node("Conv", {x, weight}), DataType::f32, {1, 64, 2, 2});
    const std::string model = graph.bytes();
    EXPECT_LT(gpu_graph(model, {.half = true}, "conv").size(), model.size() * 0.6);
    EXPECT_GT(gpu_graph(model, {}, "conv").size(), model.size() * 0.9);
}

TEST(GpuGraph, TheGridAndTheNormStayIn32Bits) {
    // As PyTorch writes the end of the warp network: a mask by a convolution, its softmax, the
    // weighted sum of shifts, a volume sampled there; then a norm in single steps.
    OnnxGraph graph("warp", 17);
    const Value volume = graph.input("volume", DataType::f32, {1, 2, 2, 4, 4});
    const Value shifts = graph.input("shifts", DataType::f32, {1, 3, 3, 1, 1, 1});
    const Value logits =
        graph.node("Conv", {volume, graph.initializer("mask", filled({3, 2, 1, 1, 1}, .3F))},
                   {{"kernel_shape", Ints{1, 1, 1}}});
    Value mask = graph.node("Softmax", {logits}, {{"axis", 1}});
    mask = graph.node("Unsqueeze", {mask, graph.ints({2})});
    Value grid = graph.node("ReduceSum",
                            {
                                graph.node("Mul", {mask, shifts}),
                                graph.ints({1}),
                            },
                            {{"keepdims", 0}});
    grid = graph.node("Transpose", {grid}, {{"perm", Ints{0, 2, 3, 4, 1}}});
    Value x = graph.node("GridSample3D", {volume, grid}, {{"align_corners", 0}});
    const Value mean = graph.node("ReduceMean", {x}, {{"axes", Ints{4}}});
    const Value difference = graph.node("Sub", {x, mean});
    const Value variance = graph.node(
        "ReduceMean", {graph.node("Pow", {difference, graph.scalar(2)})}, {{"axes", Ints{4}}});
    x = graph.node(
        "Div",
        {difference, graph.node("Sqrt", {graph.node("Add", {variance, graph.scalar(1e-12F)})})});
    x = graph.node("Conv", {x, graph.initializer("last", filled({1, 2, 1, 1, 1}, 3))},
                   {{"kernel_shape", Ints{1, 1, 1}}});
    graph.output("out", graph.node("Mul", {x, graph.initializer("large", filled({1}, 1e5F))}),
                 DataType::f32, {1, 1, 2, 4, 4});

    const std::string rewritten = gpu_graph(graph.bytes(), {.half = true}, "warp");
    const OnnxModel made(rewritten);
    EXPECT_EQ(made.opset, 20);
    int to_half = 0;
    for (const OnnxNode& node : made.nodes)
        to_half += node.op == "Cast" && node.integer("to") == 10;
    EXPECT_EQ(to_half, 2) << "before each of the two convolutions, and nowhere else";
    EXPECT_TRUE(takes_half(made, only(made, "Conv"), 1));
    EXPECT_FALSE(takes_half(made, only(made, "Add"), 1)) << "1e-12 would become 0";
    const auto last = std::ranges::find(made.nodes, std::string("out"),
                                        [](const OnnxNode& node) { return node.outputs[0]; });
    EXPECT_EQ(last->op, "Identity");
    EXPECT_TRUE(made.constants.contains("large")) << "1e5 is no number of 16 bits";
    EXPECT_EQ(made.outputs[0].type, 1);
}

/// The small decoder; `feature`: one after the other, each with another phase.
class Decoder : public testing::Test {
  protected:
    ParityCase network_ = parity_cases(false)[4];
    std::string model_ = written(network_, Folding::none);

    static Tensor features(std::int64_t count) {
        return ParityInput{"feature", {count, 256, 64, 64}}.values();
    }
    static Tensor pictures(const std::string& model, const TensorView& features) {
        const nn::Session session(nn::Runtime::open(), std::as_bytes(std::span(model)), "decoder");
        return std::move(session.run({{"feature", features}}, {"output"}).front());
    }
};

TEST_F(Decoder, GivesThePictureInBytes) {
    const Tensor x = features(1);
    const Tensor wanted = pictures(model_, x.view());
    const Tensor made = pictures(gpu_graph(model_, {.pictures = true}, "decoder"), x.view());
    ASSERT_EQ(made.shape(), (Shape{1, 512, 512, 3}));
    std::set<std::uint8_t> levels;
    constexpr std::size_t plane = 512 * 512;
    for (std::size_t i = 0; i < plane; ++i) {
        for (std::size_t c = 0; c < 3; ++c) {
            const float level = wanted.values<float>()[c * plane + i] * 255;
            const std::uint8_t byte = made.values<std::uint8_t>()[i * 3 + c];
            ASSERT_NEAR(byte, level, .501F);
            levels.insert(byte);
        }
    }
    EXPECT_GT(levels.size(), 50U);
}

TEST_F(Decoder, TakesSeveralAtOnce) {
    for (const bool half : {false, true}) {
        const std::string rewritten =
            gpu_graph(model_, {.half = half, .pictures = true}, "decoder");
        const Tensor x = features(3);
        const Tensor together = pictures(rewritten, x.view());
        ASSERT_EQ(together.shape(), (Shape{3, 512, 512, 3}));
        const std::size_t row = x.count() / 3;
        for (std::size_t i = 0; i < 3; ++i) {
            const TensorView one(x.values<float>().subspan(i * row, row), {1, 256, 64, 64});
            const Tensor alone = pictures(rewritten, one);
            const auto part =
                together.values<std::uint8_t>().subspan(i * alone.count(), alone.count());
            EXPECT_TRUE(std::ranges::equal(part, alone.values<std::uint8_t>()));
        }
    }
}

/// As PyTorch may write it: the label map is enlarged to the sizes of another.
TEST(FreeBatch, SizesAndShapesFollow) {
    const auto model = [](bool from_shape) {
        OnnxGraph graph("sizes");
        const Value x = graph.input("x", DataType::f32, {1, 4, 2, 2});
        Value sizes = graph.ints({1, 4, 4, 6});
        if (from_shape) {
            const Value shape = graph.node("Shape", {x});
            const Value head =
                graph.node("Slice", {shape, graph.ints({0}), graph.ints({1}), graph.ints({0})});
            const Value channels = graph.node(
                "Unsqueeze", {graph.node("Gather", {shape, graph.ints({1})}), graph.ints({0})});
            const Value flat = graph.node("Squeeze", {channels, graph.ints({0})});
            sizes = graph.node("Concat", {head, flat, graph.ints({4, 6})}, {{"axis", 0}});
        }
        Value y = graph.node("Resize", {x, "", "", sizes},
                             {{"mode", "nearest"},
                              {"coordinate_transformation_mode", "asymmetric"},
                              {"nearest_mode", "floor"}});
        y = graph.node("Reshape", {y, graph.ints({1, 2, 2, 4, 6})});
        y = graph.node("Transpose", {y}, {{"perm", Ints{0, 3, 4, 1, 2}}});
        y = graph.node("Reshape", {y, graph.ints({1, -1, 4})});
        graph.output("y", graph.node("Mul", {y, graph.scalar(2)}), DataType::f32, {1, 24, 4});
        return graph.bytes();
    };
    for (const bool from_shape : {false, true}) {
        const std::string fixed = model(from_shape);
        OnnxModel graph(fixed);
        ASSERT_TRUE(free_batch(graph));
        const std::string freed = graph.bytes();
        const auto run_it = [](const std::string& bytes, const TensorView& x) {
            const nn::Session session(nn::Runtime::open(), std::as_bytes(std::span(bytes)), "m");
            return std::move(session.run({{"x", x}}, {"y"}).front());
        };
        const Tensor x = ParityInput{"x", {2, 4, 2, 2}}.values();
        const Tensor together = run_it(freed, x.view());
        for (std::size_t i = 0; i < 2; ++i) {
            const TensorView one(x.values<float>().subspan(i * 16, 16), {1, 4, 2, 2});
            const Tensor alone = run_it(fixed, one);
            const auto part = together.values<float>().subspan(i * 96, 96);
            EXPECT_TRUE(std::ranges::equal(part, alone.values<float>()));
        }
    }
}

TEST(FreeBatch, NodesThatMixTheBatchKeepItAtOne) {
    const auto stays = [](auto&& add) {
        OnnxGraph graph("mixing");
        const Value x = graph.input("x", DataType::f32, {1, 4});
        graph.output("y", add(graph, x), DataType::f32, {1, 4});
        const std::string bytes = graph.bytes();
        OnnxModel model(bytes);
        const std::string before = model.bytes();
        const bool freed = free_batch(model);
        EXPECT_TRUE(freed || model.bytes() == before);
        return !freed;
    };
    const auto node = [](const char* op, Attributes attributes) {
        return [=](OnnxGraph& graph, const Value& x) { return graph.node(op, {x}, attributes); };
    };
    EXPECT_FALSE(stays(node("Relu", {})));
    EXPECT_TRUE(stays(node("CumSum", {}))) << "not known";
    EXPECT_TRUE(stays(node("Transpose", {{"perm", Ints{1, 0}}})));
    EXPECT_TRUE(stays(node("Softmax", {{"axis", 0}})));
    EXPECT_TRUE(stays(node("Softmax", {{"axis", -2}})));
    EXPECT_FALSE(stays(node("Softmax", {{"axis", 1}})));
    EXPECT_TRUE(stays([](OnnxGraph& graph, const Value& x) {
        return graph.node("Reshape", {x, graph.ints({4, 1})});
    }));
    EXPECT_TRUE(stays([](OnnxGraph& graph, const Value& x) {
        return graph.node("Reshape", {x, graph.ints({-1, 4})});
    }));
    EXPECT_TRUE(stays([](OnnxGraph& graph, const Value& x) {
        return graph.node("Concat", {x, x}, {{"axis", 0}});
    }));
    EXPECT_TRUE(stays([](OnnxGraph& graph, const Value& x) {
        return graph.node("Add", {x, graph.floats(std::vector<float>(8), {2, 4})});
    })) << "a batch of its own";
}

TEST(GpuGraph, OpsThatAreNotKnownAreRefused) {
    const auto refused = [](const std::string& op, int opset, bool half) {
        OnnxGraph graph("g", opset);
        const Value x = graph.input("x", DataType::f32, {1, 2});
        graph.output("y", graph.node(op, {x}), DataType::f32, {1, 2});
        try {
            gpu_graph(graph.bytes(), {.half = half}, "file.onnx");
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::model_mismatch);
            EXPECT_NE(std::string(error.what()).find(op), std::string::npos);
            return true;
        }
        return false;
    };
    EXPECT_TRUE(refused("DFT", 17, false)) << "its axis became an input at opset 20";
    EXPECT_FALSE(refused("Relu", 17, false));
    EXPECT_FALSE(refused("HardSwish", 20, false)) << "it is copied as it is";
    EXPECT_TRUE(refused("HardSwish", 20, true));
}

TEST(GpuGraph, DamagedModelsAreErrors) {
    const ParityCase network = parity_cases(false).back();
    const std::string model = written(network, Folding::exact);
    for (std::size_t length = 1; length < model.size(); length += model.size() / 200 + 1) {
        try {
            gpu_graph(model.substr(0, length), {.half = true, .pictures = true}, "file.onnx");
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find("file.onnx"), std::string::npos);
        }
    }
}

TEST(HalfPrecision, NumbersAreRoundedAsIeeeSays) {
    EXPECT_EQ(half_from_float(0), 0);
    EXPECT_EQ(half_from_float(-2), 0xC000);
    EXPECT_EQ(half_from_float(65504), 0x7BFF);
    EXPECT_EQ(half_from_float(65519), 0x7BFF);
    EXPECT_EQ(half_from_float(65520), 0x7C00);
    EXPECT_EQ(half_from_float(1 + 1.F / 2048), 0x3C00) << "ties to even";
    EXPECT_EQ(half_from_float(1 + 3.F / 2048), 0x3C02);
    EXPECT_EQ(half_from_float(std::ldexp(1.F, -24)), 1);
    EXPECT_EQ(half_from_float(std::ldexp(1.F, -25)), 0);
    EXPECT_EQ(half_from_float(std::ldexp(1.F, -14)), 0x0400);
    EXPECT_EQ(half_from_float(std::ldexp(2047.F, -25)), 0x0400);
    EXPECT_EQ(half_from_float(-1e-12F), 0x8000);
    EXPECT_EQ(half_from_float(INFINITY), 0x7C00);
    EXPECT_NE(half_from_float(NAN) & 0x3FF, 0);
}

}  // namespace
}  // namespace ditto::checkpoints
