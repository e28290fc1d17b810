#include "checkpoints/onnx_graph.h"

#include <limits>
#include <ostream>
#include <sstream>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/onnx_fields.h"
#include "checkpoints/protobuf.h"

namespace ditto::checkpoints {
namespace {

constexpr int ir_version = 9;  // the one that came with opset 20

int onnx_type(DataType type) {
    switch (type) {
        case DataType::f32:
            return 1;
        case DataType::u8:
            return 2;
        case DataType::i32:
            return 6;
        case DataType::i64:
            return 7;
        case DataType::boolean:
            return 9;
        case DataType::f16:
            return 10;
    }
    throw Error(ErrorCode::internal, {}, "unknown data type");
}

std::string encode(const Attribute& attribute) {
    struct Encoder {
        ProtoWriter& out;
        int operator()(std::int64_t value) const {
            out.integer(attribute_field::i, value);
            return 2;
        }
        int operator()(float value) const {
            out.real(attribute_field::f, value);
            return 1;
        }
        int operator()(const std::string& value) const {
            out.bytes(attribute_field::s, value);
            return 3;
        }
        int operator()(const Ints& values) const {
            for (const std::int64_t value : values)
                out.integer(attribute_field::ints, value);
            return 7;
        }
        int operator()(const std::vector<float>& values) const {
            for (const float value : values)
                out.real(attribute_field::floats, value);
            return 6;
        }
    };
    ProtoWriter out;
    out.bytes(attribute_field::name, attribute.name);
    const int type = std::visit(Encoder{out}, attribute.value);
    out.integer(attribute_field::type, type);
    return out.text();
}

/// ValueInfoProto.
std::string encode_port(const std::string& name, DataType type, const Shape& shape) {
    ProtoWriter sizes;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        ProtoWriter size;
        if (shape[i] >= 0) {
            size.integer(1, shape[i]);
        } else {
            size.bytes(2, name + "_" + std::to_string(i));
        }
        sizes.bytes(1, size.text());
    }
    ProtoWriter tensor_type;
    tensor_type.integer(1, onnx_type(type));
    tensor_type.bytes(2, sizes.text());
    ProtoWriter any_type;
    any_type.bytes(1, tensor_type.text());
    ProtoWriter port;
    port.bytes(1, name);
    port.bytes(2, any_type.text());
    return port.text();
}

void append_field(std::string& to, int field, std::string_view message) {
    ProtoWriter out;
    out.bytes(field, message);
    to += out.text();
}

std::string header_of(int field, std::uint64_t length) {
    ProtoWriter out;
    out.bytes_header(field, length);
    return out.text();
}

}  // namespace

OnnxGraph::OnnxGraph(std::string name, int opset) : name_(std::move(name)), opset_(opset) {}

Value OnnxGraph::add_name(const std::string& name) {
    if (name.empty() || !names_.insert(name).second) {
        throw Error(ErrorCode::internal, {}, "two values of a graph are named " + name);
    }
    return name;
}

Value OnnxGraph::new_name(std::string_view stem) {
    std::string name;
    do {
        name = std::string(stem) + "_" + std::to_string(counter_++);
    } while (names_.contains(name));
    return add_name(name);
}

Value OnnxGraph::input(const std::string& name, DataType type, const Shape& shape) {
    append_field(inputs_, graph_field::input, encode_port(name, type, shape));
    return add_name(name);
}

void OnnxGraph::output(const std::string& name, const Value& value, DataType type,
                       const Shape& shape) {
    append_field(outputs_, graph_field::output, encode_port(name, type, shape));
    if (value == name) return;
    ProtoWriter node;
    node.bytes(node_field::input, value);
    node.bytes(node_field::output, add_name(name));
    node.bytes(node_field::name, name);
    node.bytes(node_field::op_type, "Identity");
    append_field(nodes_, graph_field::node, node.text());
}

Value OnnxGraph::initializer(const std::string& name, std::shared_ptr<const Tensor> tensor) {
    add_name(name);
    ProtoWriter header;
    for (const std::int64_t size : tensor->shape())
        header.integer(tensor_field::dims, size);
    header.integer(tensor_field::data_type, onnx_type(tensor->type()));
    header.bytes(tensor_field::name, name);
    header.bytes_header(tensor_field::raw_data, tensor->bytes());
    initializers_.push_back({header.text(), std::move(tensor)});
    return name;
}

Value OnnxGraph::initializer(const std::string& name, Tensor tensor) {
    return initializer(name, std::make_shared<const Tensor>(std::move(tensor)));
}

Value OnnxGraph::ints(const Ints& values) {
    Value& known = ints_[values];
    if (known.empty()) {
        known = new_name("ints");
        // new_name() reserved the name for exactly this initializer.
        names_.erase(known);
        initializer(known, Tensor::from(std::span(values), {std::ssize(values)}));
    }
    return known;
}

Value OnnxGraph::scalar(float value) {
    return floats({&value, 1}, {});
}

Value OnnxGraph::floats(std::span<const float> values, const Shape& shape) {
    const Value name = new_name("constant");
    names_.erase(name);
    return initializer(name, Tensor::from(values, shape));
}

Value OnnxGraph::node(std::string_view op, const std::vector<Value>& inputs,
                      const Attributes& attributes) {
    return nodes(op, inputs, attributes, 1).front();
}

std::vector<Value> OnnxGraph::nodes(std::string_view op, const std::vector<Value>& inputs,
                                    const Attributes& attributes, int outputs) {
    ProtoWriter node;
    for (const Value& value : inputs) {
        if (!value.empty() && !has(value)) {
            throw Error(ErrorCode::internal, {}, std::string(op) + " of nothing: " + value);
        }
        node.bytes(node_field::input, value);
    }
    std::vector<Value> results;
    for (int i = 0; i < outputs; ++i) {
        results.push_back(new_name(op));
        node.bytes(node_field::output, results.back());
    }
    node.bytes(node_field::name, results.front());
    node.bytes(node_field::op_type, op);
    for (const Attribute& attribute : attributes)
        node.bytes(node_field::attribute, encode(attribute));
    append_field(nodes_, graph_field::node, node.text());
    return results;
}

std::uint64_t OnnxGraph::parameter_count() const {
    std::uint64_t count = 0;
    for (const Initializer& initializer : initializers_)
        count += initializer.tensor->count();
    return count;
}

std::string OnnxGraph::bytes() const {
    std::ostringstream out;
    write(out);
    return std::move(out).str();
}

void OnnxGraph::write(std::ostream& out) const {
    std::string nodes = nodes_;
    append_field(nodes, graph_field::name, name_);
    std::uint64_t graph_size = nodes.size() + inputs_.size() + outputs_.size();
    for (const Initializer& item : initializers_) {
        graph_size += header_of(graph_field::initializer, item.size()).size() + item.size();
    }
    if (graph_size > std::numeric_limits<std::int32_t>::max()) {
        throw Error(ErrorCode::internal, {}, "the model " + name_ + " exceeds 2 GiB");
    }
    ProtoWriter opset;
    opset.integer(opset_field::version, opset_);
    ProtoWriter model;
    model.integer(model_field::ir_version, ir_version);
    model.bytes(model_field::producer_name, "Ditto Avatar");
    model.bytes(model_field::opset_import, opset.text());
    model.bytes_header(model_field::graph, graph_size);

    out << model.text() << nodes;
    for (const Initializer& item : initializers_) {
        out << header_of(graph_field::initializer, item.size()) << item.header;
        // The raw data of an ONNX tensor is little endian, as this program's platforms are.
        out.write(static_cast<const char*>(item.tensor->data()),
                  static_cast<std::streamsize>(item.tensor->bytes()));
    }
    out << inputs_ << outputs_;
}

void OnnxGraph::save(const std::filesystem::path& path) const {
    save_file(path, [this](std::ostream& out) { write(out); });
}

}  // namespace ditto::checkpoints
