#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <iosfwd>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/tensor.h"

namespace ditto::checkpoints {

/// Name of a tensor in a graph; empty where a node leaves out an optional input.
using Value = std::string;
using Ints = std::vector<std::int64_t>;

struct Attribute {
    std::string name;
    std::variant<std::int64_t, float, std::string, Ints, std::vector<float>> value;
};
using Attributes = std::vector<Attribute>;

/// Builds an ONNX model node by node and writes it.
///
///     OnnxGraph graph("relu of a convolution");
///     Value x = graph.input("image", DataType::f32, {1, 3, 64, 64});
///     Value w = graph.initializer("conv.weight", std::move(weight));
///     x = graph.node("Conv", {x, w}, {{"pads", Ints{1, 1, 1, 1}}});
///     graph.output("pred", graph.node("Relu", {x}), DataType::f32, {1, 8, 64, 64});
///     graph.save("model.onnx");
///
/// Nodes must be added in an order in which every input exists already. The format:
/// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
class OnnxGraph {
  public:
    /// Opset 20 is the first with a GridSample over volumes.
    explicit OnnxGraph(std::string name, int opset = 20);

    /// -1 in a shape stands for any size.
    Value input(const std::string& name, DataType type, const Shape& shape);
    void output(const std::string& name, const Value& value, DataType type, const Shape& shape);

    /// A named constant; shared, so that several graphs can hold one network's weights.
    Value initializer(const std::string& name, std::shared_ptr<const Tensor> tensor);
    Value initializer(const std::string& name, Tensor tensor);
    bool has(const Value& value) const { return names_.contains(value); }

    /// Unnamed constants. Equal lists of integers are stored once.
    Value ints(const Ints& values);
    Value scalar(float value);
    Value floats(std::span<const float> values, const Shape& shape);

    Value node(std::string_view op, const std::vector<Value>& inputs,
               const Attributes& attributes = {});
    /// A node with `outputs` results.
    std::vector<Value> nodes(std::string_view op, const std::vector<Value>& inputs,
                             const Attributes& attributes, int outputs);

    /// Sum of the sizes of all initializers, in elements.
    std::uint64_t parameter_count() const;

    /// Throws Error{internal} where the model would exceed 2 GiB, protobuf's limit (the largest
    /// network here, HuBERT-large, is 1.3 GB, so no external data is needed).
    std::string bytes() const;
    void write(std::ostream& out) const;
    /// Through a temporary file beside `path`. Throws Error{model_write}.
    void save(const std::filesystem::path& path) const;

  private:
    struct Initializer {
        std::string header;  // the TensorProto up to its raw data
        std::shared_ptr<const Tensor> tensor;
        std::uint64_t size() const { return header.size() + tensor->bytes(); }
    };

    Value add_name(const std::string& name);
    Value new_name(std::string_view stem);

    std::string name_;
    int opset_;
    std::string nodes_;    // encoded fields of GraphProto
    std::string inputs_;   // the same
    std::string outputs_;  // the same
    std::vector<Initializer> initializers_;
    std::set<std::string, std::less<>> names_;
    std::map<Ints, Value> ints_;
    int counter_ = 0;
};

}  // namespace ditto::checkpoints
