#include "checkpoints/onnx_graph.h"

#include <array>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "checkpoints/protobuf.h"
#include "nn/session.h"

namespace ditto::checkpoints {
namespace {

nn::Session load(const OnnxGraph& graph) {
    const std::string bytes = graph.bytes();
    return nn::Session(nn::Runtime::open(), std::as_bytes(std::span(bytes)), "graph");
}

TensorView view(std::span<const float> values, Shape shape) {
    return {values, std::move(shape)};
}

TEST(OnnxGraph, EveryKindOfAttributeAndConstantReachesTheRuntime) {
    OnnxGraph graph("test");
    const Value x = graph.input("x", DataType::f32, {-1, 4});
    const std::array<float, 4> weight{1, 2, 3, 4};
    const Value w =
        graph.initializer("layer.weight", Tensor::from(std::span<const float>(weight), {1, 4}));
    // alpha, beta: floats; transB: an integer.
    Value y = graph.node("Gemm", {x, w, graph.scalar(1)},
                         {{"alpha", 0.5F}, {"beta", 10.0F}, {"transB", 1}});
    y = graph.node("Unsqueeze", {y, graph.ints({0})});
    y = graph.node("Transpose", {y}, {{"perm", Ints{0, 2, 1}}});
    const auto halves = graph.nodes("Split", {y, graph.ints({1, 1})}, {{"axis", 2}}, 2);
    y = graph.node("GridSample",
                   {graph.node("Reshape", {x, graph.ints({1, 1, 2, 2, 2})}),
                    graph.floats(std::array<float, 3>{-0.5F, 0.5F, -0.5F}, {1, 1, 1, 1, 3})},
                   {{"mode", "linear"}, {"padding_mode", "zeros"}, {"align_corners", 0}});
    graph.output("first", halves[0], DataType::f32, {1, 1, 1});
    graph.output("second", halves[1], DataType::f32, {1, 1, 1});
    graph.output("sampled", y, DataType::f32, {1, 1, 1, 1, 1});
    EXPECT_EQ(graph.parameter_count(), 4U + 1 + 1 + 2 + 5 + 3);

    const nn::Session session = load(graph);
    session.require_input({"x", DataType::f32, {-1, 4}});
    const std::array<float, 8> input{1, 1, 1, 1, 0, 0, 7, 2};
    const auto out = session.run({{"x", view(input, {2, 4})}}, {"first", "second", "sampled"});
    EXPECT_FLOAT_EQ(out[0].values<float>()[0], 15);    // 10/2 + 10
    EXPECT_FLOAT_EQ(out[1].values<float>()[0], 24.5);  // 29/2 + 10
    EXPECT_FLOAT_EQ(out[2].values<float>()[0], 1);     // depth 0, row 1, column 0
}

TEST(OnnxGraph, SavesAFileThatLoads) {
    OnnxGraph graph("test");
    const Value x = graph.input("x", DataType::i64, {2});
    graph.output("y", graph.node("Add", {x, x}), DataType::i64, {2});
    const auto folder = std::filesystem::path(testing::TempDir()) /
                        ("onnx_graph_test_" + std::to_string(getpid())) / "deep";
    graph.save(folder / "model.onnx");
    const nn::Session session(nn::Runtime::open(), folder / "model.onnx");
    const std::array<std::int64_t, 2> input{3, -4};
    const auto out =
        session.run({{"x", TensorView(std::span<const std::int64_t>(input), {2})}}, {"y"});
    EXPECT_EQ(out[0].values<std::int64_t>()[1], -8);
    EXPECT_FALSE(std::filesystem::exists(folder / "model.onnx.part"));
    std::filesystem::remove_all(folder.parent_path());
}

TEST(OnnxGraph, MistakesAreFound) {
    OnnxGraph graph("test");
    const Value x = graph.input("x", DataType::f32, {2});
    EXPECT_THROW(graph.input("x", DataType::f32, {2}), Error);
    EXPECT_THROW(graph.node("Relu", {"y"}), Error);
    EXPECT_EQ(graph.ints({1, 2}), graph.ints({1, 2}));
    EXPECT_THROW(graph.save("/proc/model.onnx"), Error);
}

TEST(Protobuf, ReadsWhatItWrites) {
    ProtoWriter out;
    out.integer(1, -5);
    out.real(2, 1.5F);
    out.bytes(300, "text");
    ProtoReader in(out.text());
    ProtoField field;
    ASSERT_TRUE(in.next(field));
    EXPECT_EQ(static_cast<std::int64_t>(field.number), -5);
    ASSERT_TRUE(in.next(field));
    EXPECT_EQ(field.wire_type, 5);
    ASSERT_TRUE(in.next(field));
    EXPECT_EQ(field.field, 300);
    EXPECT_EQ(field.text, "text");
    EXPECT_EQ(field.encoded.size(), 7U);
    EXPECT_FALSE(in.next(field));
}

TEST(Protobuf, DamagedMessagesAreErrors) {
    ProtoField field;
    for (const std::string_view text :
         {"\x0A\x05"
          "abc",
          "\x08", "\x0F", "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"}) {
        ProtoReader in(text);
        EXPECT_THROW(in.next(field), std::runtime_error) << text;
    }
}

}  // namespace
}  // namespace ditto::checkpoints
