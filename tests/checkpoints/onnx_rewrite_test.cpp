#include "checkpoints/onnx_rewrite.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/onnx_fields.h"
#include "checkpoints/onnx_graph.h"
#include "checkpoints/protobuf.h"
#include "core/random.h"
#include "nn/session.h"

namespace ditto::checkpoints {
namespace {

/// What the official warp network has: a sampled volume, then a mean over axes and a split.
std::string model(const std::string& op, const Attributes& attributes, int opset) {
    OnnxGraph graph("sampling", opset);
    const Value volume = graph.input("volume", DataType::f32, {1, 2, 3, 4, 5});
    const Value grid = graph.input("grid", DataType::f32, {1, 2, 2, 2, 3});
    const Value sampled = graph.node(op, {volume, grid}, attributes);
    graph.output("sampled", sampled, DataType::f32, {1, 2, 2, 2, 2});
    Attributes split{{"axis", 1}};
    if (opset >= 18) split.push_back({"num_outputs", 2});
    graph.output("part", graph.nodes("Split", {sampled}, split, 2)[1], DataType::f32,
                 {1, 1, 2, 2, 2});
    Value mean;
    if (opset < 18) {
        mean = graph.node("ReduceMean", {sampled}, {{"axes", Ints{1, 4}}});
    } else {
        mean = graph.node("ReduceMean", {sampled, graph.ints({1, 4})});
    }
    graph.output("mean", mean, DataType::f32, {1, 1, 2, 2, 1});
    return graph.bytes();
}

std::vector<Tensor> run(const std::string& bytes) {
    const nn::Session session(nn::Runtime::open(), std::as_bytes(std::span(bytes)), "model");
    Random random(1);
    Tensor volume(DataType::f32, {1, 2, 3, 4, 5});
    Tensor grid(DataType::f32, {1, 2, 2, 2, 3});
    for (Tensor* tensor : {&volume, &grid}) {
        for (float& value : tensor->values<float>())
            value = static_cast<float>(random.uniform(-1.2, 1.2));
    }
    return session.run({{"volume", volume.view()}, {"grid", grid.view()}},
                       {"sampled", "part", "mean"});
}

void expect_equal(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t k = 0; k < a[i].count(); ++k)
            EXPECT_FLOAT_EQ(a[i].values<float>()[k], b[i].values<float>()[k]);
    }
}

const Attributes standard_attributes{
    {"mode", "linear"}, {"padding_mode", "zeros"}, {"align_corners", 0}};
const Attributes plugin_attributes{
    {"interpolation_mode", 0}, {"padding_mode", 0}, {"align_corners", 0}, {"plugin_version", "1"}};

TEST(OnnxRewrite, PluginNodesBecomeStandardOnes) {
    const std::string official = model("GridSample3D", plugin_attributes, 17);
    EXPECT_TRUE(has_plugin_grid_samples(official));
    EXPECT_THROW(run(official), Error);
    const auto expected = run(model("GridSample", standard_attributes, 20));
    for (const int opset : {0, 20}) {
        const std::string rewritten = rewrite_grid_samples(official, opset, "warp");
        EXPECT_FALSE(has_plugin_grid_samples(rewritten));
        expect_equal(run(rewritten), expected);
    }
}

TEST(OnnxRewrite, PluginWithoutSettingsTakesTheDefaults) {
    expect_equal(run(rewrite_grid_samples(model("GridSample3D", {}, 17), 0, "warp")),
                 run(model("GridSample", standard_attributes, 20)));
}

TEST(OnnxRewrite, SettingsAreKept) {
    const auto rewritten = rewrite_grid_samples(
        model("GridSample3D",
              {{"interpolation_mode", 1}, {"padding_mode", 1}, {"align_corners", 1}}, 17),
        20, "warp");
    expect_equal(
        run(rewritten),
        run(model("GridSample",
                  {{"mode", "nearest"}, {"padding_mode", "border"}, {"align_corners", 1}}, 20)));
}

TEST(OnnxRewrite, StandardNodesAreRaisedToOpset20) {
    const std::string old = model(
        "GridSample", {{"mode", "bilinear"}, {"padding_mode", "zeros"}, {"align_corners", 0}}, 17);
    EXPECT_FALSE(has_plugin_grid_samples(old));
    const std::string raised = rewrite_grid_samples(old, 20, "warp");
    expect_equal(run(raised), run(model("GridSample", standard_attributes, 20)));
    EXPECT_EQ(rewrite_grid_samples(raised, 20, "warp"), raised) << "nothing is left to change";
}

TEST(OnnxRewrite, WhatIsNotKnownStays) {
    OnnxGraph graph("foreign", 20);
    const Value x = graph.input("x", DataType::f32, {-1, 4});
    graph.output("y", graph.node("Relu", {x}), DataType::f32, {-1, 4});
    // Another room's operators: the node's domain, and which version of it.
    ProtoWriter node;
    node.bytes(node_field::input, "x");
    node.bytes(node_field::output, "z");
    node.bytes(node_field::op_type, "GridSample3D");
    node.bytes(node_field::domain, "elsewhere");
    ProtoWriter more;
    more.bytes(graph_field::node, node.text());
    ProtoWriter opset;
    opset.bytes(opset_field::domain, "elsewhere");
    opset.integer(opset_field::version, 3);
    ProtoWriter out;
    const std::string plain = graph.bytes();
    ProtoReader reader(plain);
    for (ProtoField field; reader.next(field);) {
        if (field.field == model_field::graph) {
            out.bytes(model_field::graph, std::string(field.text) + more.text());
        } else {
            out.raw(field.encoded);
        }
    }
    out.bytes(model_field::opset_import, opset.text());

    EXPECT_FALSE(has_plugin_grid_samples(out.text())) << "another's operator";
    const std::string rewritten = rewrite_grid_samples(out.text(), 20, "warp");
    EXPECT_NE(rewritten.find(opset.text()), std::string::npos);
    const OnnxModel again(rewritten);
    EXPECT_EQ(again.opset, 20);
    EXPECT_EQ(again.nodes.back().domain, "elsewhere");
    EXPECT_EQ(again.nodes.back().op, "GridSample3D");
    EXPECT_EQ(again.inputs, OnnxModel(plain).inputs) << "with the names of free sizes";
    EXPECT_THROW(again.require_plain(), std::invalid_argument);
    EXPECT_NO_THROW(OnnxModel(plain).require_plain());
}

TEST(OnnxRewrite, DamagedModelsAreErrors) {
    const std::string official = model("GridSample3D", plugin_attributes, 17);
    for (std::size_t length = 1; length < official.size(); length += 3) {
        // Cut between two fields, a model may still be one; it must not crash then.
        try {
            rewrite_grid_samples(official.substr(0, length), 20, "warp.onnx");
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find("warp.onnx"), std::string::npos);
        }
    }
    EXPECT_THROW(rewrite_grid_samples("", 20, "a"), Error);
    EXPECT_THROW(rewrite_grid_samples("no model", 20, "a"), Error);
    EXPECT_FALSE(has_plugin_grid_samples("no model"));
    EXPECT_THROW(
        rewrite_grid_samples(model("GridSample3D", {{"padding_mode", "circular"}}, 17), 20, "a"),
        Error);
}

}  // namespace
}  // namespace ditto::checkpoints
