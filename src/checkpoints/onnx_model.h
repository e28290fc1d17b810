#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace ditto::checkpoints {

/// An attribute of a node, as it stands in the file.
struct OnnxAttribute {
    std::string_view encoded;  // AttributeProto
    std::int64_t integer = 0;
    float real = 0;
    std::string_view text;
    std::string_view tensor;  // TensorProto
    int tensor_type = 0;
    std::vector<std::int64_t> integers;
};

struct OnnxNode {
    std::string op;
    std::string name;
    std::vector<std::string> inputs;  // empty names: left out
    std::vector<std::string> outputs;
    std::map<std::string, OnnxAttribute, std::less<>> attributes;

    /// Nothing where it has no such attribute.
    std::optional<std::int64_t> integer(std::string_view attribute) const;
};

/// The names of a list, which are parted by spaces.
std::set<std::string_view> operators(std::string_view names);

/// A named constant. ONNX's numbers of types: 1 float, 2 uint8, 7 int64, 10 float16.
struct OnnxConstant {
    int type = 0;
    Shape shape;
    std::string_view encoded;  // TensorProto

    std::size_t count() const { return element_count(shape); }
    /// Of a float or int64 tensor. Throws std::runtime_error where it is damaged,
    /// std::invalid_argument where it is of another type or keeps its values in another file.
    std::vector<float> floats() const;
    std::vector<std::int64_t> integers() const;
};

struct OnnxPort {
    std::string name;
    int type = 0;
    Shape shape;  // -1: any
};

/// An ONNX model taken apart, to be changed and written again. Only what this program's networks
/// have: the standard operators, no functions, no branches or loops, no external data.
class OnnxModel {
  public:
    /// Borrows `model`, which must outlive this. Throws std::runtime_error where it is damaged,
    /// std::invalid_argument where it has something that is not known here.
    explicit OnnxModel(std::string_view model);

    std::int64_t opset = 0;
    std::vector<OnnxNode> nodes;  // in an order in which they can be computed
    std::map<std::string, OnnxConstant, std::less<>> constants;
    std::vector<OnnxPort> inputs;
    std::vector<OnnxPort> outputs;

    /// `data`: little endian. The name must be free.
    void add_constant(const std::string& name, int type, const Shape& shape, std::string_view data);
    void add_floats(const std::string& name, const Shape& shape, const std::vector<float>& values);
    void add_integers(const std::string& name, const Shape& shape,
                      const std::vector<std::int64_t>& values);
    /// For a node of this model.
    OnnxAttribute integer_attribute(std::string_view name, std::int64_t value);
    OnnxAttribute integers_attribute(std::string_view name,
                                     const std::vector<std::int64_t>& values);

    /// A name like `stem` that no value of the model has.
    std::string free_name(std::string_view stem) const;
    /// How many nodes and outputs take a value.
    int uses(std::string_view value) const;
    /// Removes nodes and constants that no output depends on.
    void remove_unused();

    std::string bytes() const;

  private:
    void parse_graph(std::string_view text);
    std::string_view keep(std::string text);

    std::vector<std::string_view> others_;  // encoded fields of the model
    std::string_view name_;
    std::deque<std::string> kept_;  // what was added
};

}  // namespace ditto::checkpoints
