#include "nn/bound_run.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/onnx_graph.h"

namespace ditto::nn {
namespace {

/// y = factor x + added, over (any, 3); where `factor` is another input.
Session scaling() {
    checkpoints::OnnxGraph graph("scaling");
    const auto x = graph.input("x", DataType::f32, {-1, 3});
    const auto factor = graph.input("factor", DataType::f32, {1});
    const auto scaled = graph.node("Mul", {x, factor});
    graph.output("y", graph.node("Add", {scaled, graph.scalar(1)}), DataType::f32, {-1, 3});
    const std::string model = graph.bytes();
    return {Runtime::open(), std::as_bytes(std::span(model)), "scaling"};
}

Tensor counted(const Shape& shape) {
    Tensor tensor(DataType::f32, shape);
    float next = 0;
    for (float& value : tensor.values<float>())
        value = next++;
    return tensor;
}

Tensor one(float value) {
    return Tensor::from(std::span<const float>(&value, 1), {1});
}

TEST(BoundRun, GivesWhatRunGives) {
    const Session session = scaling();
    const Tensor x = counted({2, 3});
    const Tensor factor = one(5);
    Tensor y(DataType::f32, {2, 3});
    BoundRun bound(session);
    bound.input("x", x.view());
    bound.input("factor", factor.view());
    bound.output("y", y);
    bound.run();
    const auto wanted = session.run({{"x", x.view()}, {"factor", factor.view()}}, {"y"});
    for (std::size_t i = 0; i < y.count(); ++i)
        EXPECT_EQ(y.values<float>()[i], wanted[0].values<float>()[i]);
}

TEST(BoundRun, OneNetworkReadsWhatAnotherLeftOnTheDevice) {
    const Session first = scaling();
    const Session second = scaling();
    const DeviceTensor between(first, DataType::f32, {4, 3});
    const Tensor x = counted({1, 3});
    const Tensor factor = one(2);
    // Each row by itself; then all in one run.
    for (std::int64_t row = 0; row < 4; ++row) {
        const Tensor own = one(static_cast<float>(row));
        BoundRun fill(first);
        fill.input("x", x.view());
        fill.input("factor", own.view());
        fill.output("y", between.rows(row, 1));
        fill.run();
    }
    Tensor y(DataType::f32, {3, 3});
    BoundRun read(second);
    read.input("x", between.rows(1, 3));
    read.input("factor", factor.view());
    read.output("y", y);
    read.run();
    for (std::size_t i = 0; i < 9; ++i) {
        const auto row = static_cast<float>(i / 3 + 1);
        EXPECT_EQ(y.values<float>()[i], 2 * (row * static_cast<float>(i % 3) + 1) + 1);
    }
}

TEST(BoundRun, WhatIsBoundOnceServesManyRuns) {
    const Session session = scaling();
    const Tensor x = counted({1, 3});
    Tensor factor = one(1);
    Tensor y(DataType::f32, {1, 3});
    BoundRun bound(session);
    bound.input("x", x.view());
    bound.output("y", y);
    for (const float value : {2.F, 7.F}) {
        factor.values<float>()[0] = value;
        bound.input("factor", factor.view());
        bound.run();
        EXPECT_EQ(y.values<float>()[2], 2 * value + 1);
    }
}

TEST(BoundRun, MistakesAreErrors) {
    const Session session = scaling();
    const Tensor x = counted({2, 3});
    Tensor y(DataType::f32, {1, 3});
    BoundRun bound(session);
    EXPECT_THROW(bound.input("z", x.view()), Error);
    bound.input("x", x.view());
    bound.output("y", y);
    EXPECT_THROW(bound.run(), Error) << "an input is missing";
    const Tensor factor = one(1);
    bound.input("factor", factor.view());
    EXPECT_THROW(bound.run(), Error) << "the output is of another shape";
    const DeviceTensor memory(session, DataType::f32, {2, 3});
    EXPECT_EQ(memory.rows(1, 1).shape(), (Shape{1, 3}));
    EXPECT_THROW(memory.rows(1, 2), Error);
    EXPECT_THROW(memory.rows(-1, 1), Error);
}

TEST(BoundRun, KeepsTheMemoryThatIsBound) {
    const Session session = scaling();
    const Tensor factor = one(3);
    const Tensor x = counted({1000, 3});
    Tensor y(DataType::f32, {1000, 3});
    BoundRun first(session);
    BoundRun second(session);
    {
        const DeviceTensor between(session, DataType::f32, {1000, 3});
        first.output("y", between);
        second.input("x", between);
    }
    // Would take the memory, were it free.
    const DeviceTensor other(session, DataType::f32, {1000, 3});
    first.input("x", x.view());
    first.input("factor", factor.view());
    second.input("factor", factor.view());
    second.output("y", y);
    first.run();
    BoundRun third(session);
    third.input("x", x.view());
    third.input("factor", factor.view());
    third.output("y", other);
    third.run();
    second.run();
    EXPECT_EQ(y.values<float>()[2999], 3 * (3 * 2999 + 1) + 1);
}

TEST(DeviceTensor, OutlivesItsSession) {
    DeviceTensor memory;
    {
        const Session session = scaling();
        memory = DeviceTensor(session, DataType::f32, {1, 3});
    }
    const Session session = scaling();
    const Tensor factor = one(0);
    Tensor y(DataType::f32, {1, 3});
    const Tensor x = counted({1, 3});
    BoundRun bound(session);
    bound.input("x", x.view());
    bound.input("factor", factor.view());
    bound.output("y", memory);
    bound.run();
    bound.input("x", memory);
    bound.output("y", y);
    bound.run();
    EXPECT_EQ(y.values<float>()[0], 1);
}

}  // namespace
}  // namespace ditto::nn
