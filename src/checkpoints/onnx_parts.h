#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace ditto::checkpoints {

/// ONNX's numbers of the types that are met here.
enum OnnxType { float_type = 1, byte_type = 2, integer_type = 7, boolean_type = 9, half_type = 10 };

/// An attribute of a node, as it stands in the file.
struct OnnxAttribute {
    std::string_view encoded;  // AttributeProto
    std::int64_t integer = 0;
    float real = 0;
    std::string_view text;
    std::string_view tensor;  // TensorProto
    int tensor_type = 0;
    std::vector<std::int64_t> integers;
    bool graph = false;  // holds a graph, or several
};

struct OnnxNode {
    std::string op;
    std::string domain;  // empty: the standard operators
    std::string name;
    std::vector<std::string> inputs;  // empty names: left out
    std::vector<std::string> outputs;
    std::map<std::string, OnnxAttribute, std::less<>> attributes;

    /// Whether it is this one of the standard operators.
    bool is(std::string_view standard_op) const { return domain.empty() && op == standard_op; }
    /// Nothing where it has no such attribute.
    std::optional<std::int64_t> integer(std::string_view attribute) const;
};

/// The names of a list, which are parted by spaces.
std::set<std::string_view> operators(std::string_view names);

/// A named constant.
struct OnnxConstant {
    int type = 0;  // an OnnxType, or another number
    Shape shape;
    std::string_view encoded;  // TensorProto
    std::string_view name;     // as it stands there
    bool elsewhere = false;    // the values are in another file

    std::size_t count() const { return element_count(shape); }
    /// Of a float or int64 tensor. Throws std::runtime_error where it is damaged,
    /// std::invalid_argument where it is of another type or keeps its values in another file.
    std::vector<float> floats() const;
    std::vector<std::int64_t> integers() const;
};

struct OnnxPort {
    std::string name;
    int type = 0;
    Shape shape;               // -1: any
    std::string_view encoded;  // ValueInfoProto, empty for a new one

    bool operator==(const OnnxPort&) const = default;
};

// The messages of a file. Reading throws std::runtime_error where one is damaged.
OnnxNode parse_node(std::string_view text);
OnnxConstant parse_constant(std::string_view text);
/// Throws std::invalid_argument for a port that is no tensor.
OnnxPort parse_port(std::string_view text);
std::string encode_node(const OnnxNode& node);
std::string encode_constant(std::string_view name, int type, const Shape& shape,
                            std::string_view data);
/// As it stands in the file, where nothing of it was changed.
std::string encode_port(const OnnxPort& port);
std::string encode_attribute(std::string_view name, std::string_view text);
std::string encode_attribute(std::string_view name, std::int64_t value);
std::string encode_attribute(std::string_view name, const std::vector<std::int64_t>& values);

}  // namespace ditto::checkpoints
