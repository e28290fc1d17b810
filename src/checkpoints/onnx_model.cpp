#include "checkpoints/onnx_model.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

#include "checkpoints/onnx_fields.h"
#include "checkpoints/protobuf.h"

namespace ditto::checkpoints {
namespace {

[[noreturn]] void unknown(const std::string& what) {
    throw std::invalid_argument(what);
}

/// As raw_data has it.
std::string_view memory_of(const auto& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The version of the standard operators, 0 where the message is about others.
std::int64_t standard_opset(std::string_view text) {
    std::int64_t version = 0;
    bool standard = true;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == opset_field::domain) {
            standard = field.text.empty() || field.text == "ai.onnx";
        }
        if (field.field == opset_field::version) version = static_cast<std::int64_t>(field.number);
    }
    return standard ? version : 0;
}

}  // namespace

OnnxModel::OnnxModel(std::string_view model) {
    ProtoReader reader(model);
    bool has_graph = false;
    for (ProtoField field; reader.next(field);) {
        if (field.field == model_field::graph) {
            if (std::exchange(has_graph, true)) throw std::runtime_error("two graphs");
            parse_graph(field.text);
            continue;
        }
        const std::int64_t version =
            field.field == model_field::opset_import ? standard_opset(field.text) : 0;
        opset = std::max(opset, version);
        functions_ = functions_ || field.field == model_field::functions;
        if (version == 0) others_.push_back(field.encoded);
    }
    if (!has_graph) throw std::runtime_error("no graph");
}

void OnnxModel::parse_graph(std::string_view text) {
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        switch (field.field) {
            case graph_field::node:
                nodes.push_back(parse_node(field.text));
                break;
            case graph_field::initializer: {
                OnnxConstant constant = parse_constant(field.text);
                std::string name(constant.name);
                constants[std::move(name)] = std::move(constant);
                break;
            }
            case graph_field::input:
                inputs.push_back(parse_port(field.text));
                break;
            case graph_field::output:
                outputs.push_back(parse_port(field.text));
                break;
            case graph_field::value_info:  // would have to follow every change
                break;
            default:
                sparse_ = sparse_ || field.field == graph_field::sparse;
                others_of_graph_.push_back(field.encoded);
        }
    }
    // Initializers may be listed among the inputs; nobody here feeds them.
    std::erase_if(inputs, [&](const OnnxPort& port) { return constants.contains(port.name); });
    move_constants();
}

/// Constants are kept in one place.
void OnnxModel::move_constants() {
    std::erase_if(nodes, [&](const OnnxNode& node) {
        if (!node.is("Constant") || node.outputs.size() != 1 || node.attributes.size() != 1) {
            return false;
        }
        const auto& [name, attribute] = *node.attributes.begin();
        if (name == "value") {
            constants[node.outputs[0]] = parse_constant(attribute.tensor);
        } else if (name == "value_float") {
            add_floats(node.outputs[0], {}, {attribute.real});
        } else if (name == "value_int") {
            add_integers(node.outputs[0], {}, {attribute.integer});
        } else if (name == "value_ints") {
            add_integers(node.outputs[0], {std::ssize(attribute.integers)}, attribute.integers);
        } else {
            return false;
        }
        return true;
    });
}

void OnnxModel::require_plain() const {
    if (functions_) unknown("functions");
    if (sparse_) unknown("sparse weights");
    for (const OnnxNode& node : nodes) {
        if (!node.domain.empty()) unknown("operators of " + node.domain);
        if (node.op == "Constant") unknown("a constant of another kind");
        for (const auto& [name, attribute] : node.attributes) {
            if (attribute.graph) unknown("a graph within the graph");
        }
    }
    for (const auto& [name, constant] : constants) {
        if (constant.elsewhere) unknown("weights in another file");
    }
}

std::string_view OnnxModel::keep(std::string text) {
    return kept_.emplace_back(std::move(text));
}

void OnnxModel::add_constant(const std::string& name, int type, const Shape& shape,
                             std::string_view data) {
    constants[name] = parse_constant(keep(encode_constant(name, type, shape, data)));
}

void OnnxModel::add_floats(const std::string& name, const Shape& shape,
                           const std::vector<float>& values) {
    add_constant(name, float_type, shape, memory_of(values));
}

void OnnxModel::add_integers(const std::string& name, const Shape& shape,
                             const std::vector<std::int64_t>& values) {
    add_constant(name, integer_type, shape, memory_of(values));
}

OnnxAttribute OnnxModel::text_attribute(std::string_view name, std::string_view value) {
    OnnxAttribute attribute;
    attribute.encoded = keep(encode_attribute(name, value));
    attribute.text = value;
    return attribute;
}

OnnxAttribute OnnxModel::integer_attribute(std::string_view name, std::int64_t value) {
    OnnxAttribute attribute;
    attribute.encoded = keep(encode_attribute(name, value));
    attribute.integer = value;
    return attribute;
}

OnnxAttribute OnnxModel::integers_attribute(std::string_view name,
                                            const std::vector<std::int64_t>& values) {
    OnnxAttribute attribute;
    attribute.encoded = keep(encode_attribute(name, values));
    attribute.integers = values;
    return attribute;
}

std::string OnnxModel::free_name(std::string_view stem) const {
    const auto taken = [&](const std::string& name) {
        if (constants.contains(name)) return true;
        const auto is_name = [&](const OnnxPort& port) { return port.name == name; };
        if (std::ranges::any_of(inputs, is_name)) return true;
        return std::ranges::any_of(nodes, [&](const OnnxNode& node) {
            return std::ranges::find(node.outputs, name) != node.outputs.end();
        });
    };
    std::string name(stem);
    for (int i = 1; taken(name); ++i)
        name = std::string(stem) + "_" + std::to_string(i);
    return name;
}

int OnnxModel::uses(std::string_view value) const {
    std::ptrdiff_t count = std::ranges::count(outputs, value, &OnnxPort::name);
    for (const OnnxNode& node : nodes)
        count += std::ranges::count(node.inputs, value);
    return static_cast<int>(count);
}

void OnnxModel::remove_unused() {
    std::set<std::string, std::less<>> used;
    for (const OnnxPort& port : outputs)
        used.insert(port.name);
    std::vector<OnnxNode> kept;
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
        const bool wanted = std::ranges::any_of(
            node->outputs, [&](const std::string& output) { return used.contains(output); });
        if (!wanted) continue;
        used.insert(node->inputs.begin(), node->inputs.end());
        kept.push_back(std::move(*node));
    }
    std::ranges::reverse(kept);
    nodes = std::move(kept);
    std::erase_if(constants, [&](const auto& item) { return !used.contains(item.first); });
}

std::string OnnxModel::bytes() const {
    ProtoWriter graph;
    std::size_t size = 1U << 16U;
    for (const auto& [name, constant] : constants)
        size += constant.encoded.size() + name.size() + 16;
    graph.reserve(size);
    for (const OnnxNode& node : nodes)
        graph.bytes(graph_field::node, encode_node(node));
    for (const std::string_view field : others_of_graph_)
        graph.raw(field);
    for (const auto& [name, constant] : constants) {
        // The last name counts; a tensor of a node has none, or another.
        ProtoWriter named;
        if (constant.name != name) named.bytes(tensor_field::name, name);
        graph.bytes_header(graph_field::initializer, constant.encoded.size() + named.text().size());
        graph.raw(constant.encoded);
        graph.raw(named.text());
    }
    for (const OnnxPort& port : inputs)
        graph.bytes(graph_field::input, encode_port(port));
    for (const OnnxPort& port : outputs)
        graph.bytes(graph_field::output, encode_port(port));

    ProtoWriter version;
    version.integer(opset_field::version, opset);
    ProtoWriter out;
    out.reserve(graph.text().size() + 1024);
    for (const std::string_view field : others_)
        out.raw(field);
    out.bytes(model_field::opset_import, version.text());
    out.bytes(model_field::graph, graph.text());
    return std::move(out).take();
}

}  // namespace ditto::checkpoints
