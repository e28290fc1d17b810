#include "checkpoints/lmdm_reader.h"

#include <cstring>

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/network_builder.h"
#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

void expect_equal(const StateDict& found, const std::string& name, const Tensor& wanted) {
    ASSERT_TRUE(found.has(name)) << name;
    const Tensor& tensor = *found.tensors.at(name);
    EXPECT_EQ(tensor.shape(), wanted.shape()) << name;
    ASSERT_EQ(tensor.bytes(), wanted.bytes()) << name;
    EXPECT_EQ(std::memcmp(tensor.data(), wanted.data(), wanted.bytes()), 0) << name;
}

TEST(LmdmReader, FindsTheWeightsThatOurWriterWrote) {
    SyntheticWeights weights(7);
    OnnxGraph graph("lmdm");
    NetworkBuilder net(graph, weights, Folding::none);
    write_lmdm(net, LmdmSizes::tiny());
    const auto found = read_lmdm(graph.bytes(), "lmdm.onnx");
    ASSERT_TRUE(found);
    SyntheticWeights again(7);
    for (const auto& [name, tensor] : found->tensors)
        EXPECT_EQ(tensor->type(), DataType::f32) << name;
    const std::string attention = "seqTransDecoder.stack.1.multihead_attn.in_proj_weight";
    expect_equal(*found, attention, *again.get(attention, {96, 32}, Init::weight()));
    EXPECT_EQ(found->size("null_cond_embed", 1), 80);
}

/// The layers of a graph as torch.onnx.export writes it: matrices transposed and without a name,
/// the projections of an attention one after the other.
class ExportedGraph {
  public:
    ExportedGraph() {
        x_ = graph_.input("x", DataType::f32, {1, 4, size});
        condition_ = graph_.input("drop", DataType::boolean, {1, 1, 1});
        for (const char* name :
             {"input_projection", "cond_projection", "non_attn_cond_projection.1",
              "non_attn_cond_projection.3", "to_time_tokens.0", "final_layer"})
            linear(name);
        gemm("time_mlp.1", true);
        gemm("to_time_cond.0", false);
        norm("non_attn_cond_projection.0");
        norm("norm_cond");
        constant("model.rotary.freqs", {size / 2});
        graph_.node("Where", {condition_, x_, constant("onnx::Where_1", {1, 4, size})});
        graph_.node("Where", {condition_, x_, constant("onnx::Where_2", {1, size})});
        layer("cond_encoder.0", false);
        layer("seqTransDecoder.stack.0", true);
    }

    std::string bytes() const { return graph_.bytes(); }
    const Tensor& tensor(const std::string& name) const { return *tensors_.at(name); }
    static constexpr std::int64_t size = 4;

  private:
    Value constant(const std::string& name, const Shape& shape) {
        Tensor tensor(DataType::f32, shape);
        for (float& value : tensor.values<float>())
            value = static_cast<float>(++drawn_);
        const auto shared = std::make_shared<const Tensor>(std::move(tensor));
        tensors_[name] = shared;
        return graph_.initializer(name, shared);
    }
    void projection(const std::string& name) {
        const Value product = graph_.node("MatMul", {x_, constant(name + ".matrix", {size, size})});
        graph_.node("Add", {constant(name + ".vector", {size}), product});
    }
    void linear(const std::string& name) {
        const Value product = graph_.node("MatMul", {x_, constant(name + ".matrix", {size, size})});
        graph_.node("Add", {constant("model." + name + ".bias", {size}), product});
    }
    void gemm(const std::string& name, bool transposed) {
        graph_.node(
            "Gemm",
            {x_,
             constant((transposed ? "model." + name + ".weight" : name + ".matrix"), {size, size}),
             constant("model." + name + ".bias", {size})},
            {{"transB", std::int64_t{transposed}}});
    }
    void norm(const std::string& name) {
        constant("model." + name + ".weight", {size});
        constant("model." + name + ".bias", {size});
    }
    void attention(const std::string& name) {
        for (const char* part : {".q", ".k", ".v"})
            projection(name + part);
        gemm(name + ".out_proj", true);
    }
    void layer(const std::string& name, bool decoder) {
        norm(name + ".norm1");
        norm(name + ".norm2");
        attention(name + ".self_attn");
        linear(name + ".linear1");
        linear(name + ".linear2");
        if (!decoder) return;
        norm(name + ".norm3");
        attention(name + ".multihead_attn");
        for (const char* film : {".film1", ".film2", ".film3"})
            gemm(name + film + ".block.1", true);
    }

    OnnxGraph graph_{"exported", 17};
    Value x_;
    Value condition_;
    std::map<std::string, SharedTensor> tensors_;
    int drawn_ = 0;
};

TEST(LmdmReader, FindsTheWeightsThatPyTorchExported) {
    const ExportedGraph graph;
    const auto found = read_lmdm(graph.bytes(), "lmdm.onnx");
    ASSERT_TRUE(found);
    expect_equal(*found, "time_mlp.1.weight", graph.tensor("model.time_mlp.1.weight"));
    expect_equal(*found, "null_cond_hidden", graph.tensor("onnx::Where_2"));
    for (const char* transposed : {"final_layer", "to_time_cond.0"}) {
        const auto wanted = graph.tensor(std::string(transposed) + ".matrix").values<float>();
        const auto weight = found->tensors.at(std::string(transposed) + ".weight")->values<float>();
        EXPECT_EQ(weight[1], wanted[ExportedGraph::size]) << transposed;
    }
    const auto weights =
        found->tensors.at("seqTransDecoder.stack.0.multihead_attn.in_proj_weight")->values<float>();
    const auto biases =
        found->tensors.at("seqTransDecoder.stack.0.multihead_attn.in_proj_bias")->values<float>();
    const std::string name = "seqTransDecoder.stack.0.multihead_attn";
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string part = name + (i == 0 ? ".q" : i == 1 ? ".k" : ".v");
        EXPECT_EQ(weights[i * 16 + 1], graph.tensor(part + ".matrix").values<float>()[4]) << part;
        EXPECT_EQ(biases[i * 4], graph.tensor(part + ".vector").values<float>()[0]) << part;
    }
}

TEST(LmdmReader, SaysNothingOfOtherGraphs) {
    OnnxGraph graph("relu");
    const Value x = graph.input("x", DataType::f32, {1});
    graph.output("y", graph.node("Relu", {x}), DataType::f32, {1});
    EXPECT_FALSE(read_lmdm(graph.bytes(), "lmdm.onnx"));
    EXPECT_THROW(read_lmdm("\xff\xff\xff\xff", "lmdm.onnx"), Error);
}

}  // namespace
}  // namespace ditto::checkpoints
