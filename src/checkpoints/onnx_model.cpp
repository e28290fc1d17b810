#include "checkpoints/onnx_model.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>

#include "checkpoints/onnx_fields.h"
#include "checkpoints/protobuf.h"

namespace ditto::checkpoints {
namespace {

enum { float_type = 1, integer_type = 7 };

[[noreturn]] void unknown(const std::string& what) {
    throw std::invalid_argument(what);
}

/// A repeated number: one of it, or several packed.
template <class Add>
void each_number(const ProtoField& field, Add&& add) {
    if (field.wire_type != 2) return add(field.number);
    ProtoReader packed(field.text);
    for (std::uint64_t number = 0; packed.next_varint(number);)
        add(number);
}

float real(std::uint64_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

int tensor_type(std::string_view text) {
    int type = 0;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == tensor_field::data_type) type = static_cast<int>(field.number);
    }
    return type;
}

OnnxAttribute parse_attribute(std::string_view text, std::string& name) {
    OnnxAttribute attribute;
    attribute.encoded = text;
    ProtoReader reader(text);
    for (ProtoField part; reader.next(part);) {
        switch (part.field) {
            case attribute_field::name:
                name = part.text;
                break;
            case attribute_field::i:
                attribute.integer = static_cast<std::int64_t>(part.number);
                break;
            case attribute_field::f:
                attribute.real = real(part.number);
                break;
            case attribute_field::s:
                attribute.text = part.text;
                break;
            case attribute_field::t:
                attribute.tensor = part.text;
                attribute.tensor_type = tensor_type(part.text);
                break;
            case attribute_field::ints:
                each_number(part, [&](std::uint64_t number) {
                    attribute.integers.push_back(static_cast<std::int64_t>(number));
                });
                break;
            case attribute_field::g:
            case attribute_field::graphs:
                unknown("a graph within the graph");
            default:
                break;
        }
    }
    return attribute;
}

OnnxNode parse_node(std::string_view text) {
    OnnxNode node;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        switch (field.field) {
            case node_field::input:
                node.inputs.emplace_back(field.text);
                break;
            case node_field::output:
                node.outputs.emplace_back(field.text);
                break;
            case node_field::name:
                node.name = field.text;
                break;
            case node_field::op_type:
                node.op = field.text;
                break;
            case node_field::domain:
                if (!field.text.empty() && field.text != "ai.onnx") {
                    unknown("operators of " + std::string(field.text));
                }
                break;
            case node_field::attribute: {
                std::string name;
                OnnxAttribute attribute = parse_attribute(field.text, name);
                node.attributes[name] = std::move(attribute);
                break;
            }
            default:
                break;
        }
    }
    return node;
}

OnnxConstant parse_constant(std::string_view text, std::string& name) {
    OnnxConstant constant;
    constant.encoded = text;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == tensor_field::name) name = field.text;
        if (field.field == tensor_field::data_type) constant.type = static_cast<int>(field.number);
        if (field.field == tensor_field::location && field.number != 0) {
            unknown("weights in another file");
        }
        if (field.field != tensor_field::dims) continue;
        each_number(field, [&](std::uint64_t size) {
            if (size > std::numeric_limits<std::int32_t>::max()) throw std::runtime_error("size");
            constant.shape.push_back(static_cast<std::int64_t>(size));
        });
    }
    std::uint64_t count = 1;
    for (const std::int64_t size : constant.shape) {
        count *= static_cast<std::uint64_t>(size);
        if (count > text.size()) throw std::runtime_error("a tensor is larger than its file");
    }
    return constant;
}

OnnxPort parse_port(std::string_view text) {
    OnnxPort port;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == 1) port.name = field.text;
        if (field.field != 2) continue;
        ProtoReader any_type(field.text);
        for (ProtoField tensor; any_type.next(tensor);) {
            if (tensor.field != 1) unknown("a port that is no tensor");
            ProtoReader parts(tensor.text);
            for (ProtoField part; parts.next(part);) {
                if (part.field == 1) port.type = static_cast<int>(part.number);
                if (part.field != 2) continue;
                ProtoReader sizes(part.text);
                for (ProtoField size; sizes.next(size);) {
                    port.shape.push_back(-1);
                    ProtoReader value(size.text);
                    for (ProtoField number; value.next(number);) {
                        if (number.field == 1)
                            port.shape.back() = static_cast<std::int64_t>(number.number);
                    }
                }
            }
        }
    }
    return port;
}

std::string encode_port(const OnnxPort& port) {
    ProtoWriter sizes;
    for (std::size_t i = 0; i < port.shape.size(); ++i) {
        ProtoWriter size;
        if (port.shape[i] >= 0) {
            size.integer(1, port.shape[i]);
        } else {
            size.bytes(2, i == 0 ? "batch" : port.name + "_" + std::to_string(i));
        }
        sizes.bytes(1, size.text());
    }
    ProtoWriter tensor;
    tensor.integer(1, port.type);
    tensor.bytes(2, sizes.text());
    ProtoWriter any_type;
    any_type.bytes(1, tensor.text());
    ProtoWriter out;
    out.bytes(1, port.name);
    out.bytes(2, any_type.text());
    return out.text();
}

std::string encode_node(const OnnxNode& node) {
    ProtoWriter out;
    for (const std::string& input : node.inputs)
        out.bytes(node_field::input, input);
    for (const std::string& output : node.outputs)
        out.bytes(node_field::output, output);
    out.bytes(node_field::name, node.name);
    out.bytes(node_field::op_type, node.op);
    for (const auto& [name, attribute] : node.attributes)
        out.bytes(node_field::attribute, attribute.encoded);
    return out.text();
}

std::string encode_constant(std::string_view name, int type, const Shape& shape,
                            std::string_view data) {
    ProtoWriter tensor;
    for (const std::int64_t size : shape)
        tensor.integer(tensor_field::dims, size);
    tensor.integer(tensor_field::data_type, type);
    tensor.bytes(tensor_field::name, name);
    tensor.bytes(tensor_field::raw_data, data);
    return std::move(tensor).take();
}

/// As raw_data has it.
std::string_view memory_of(const auto& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class T, class Add>
std::vector<T> numbers(const OnnxConstant& constant, int numbers_field, Add&& add) {
    std::vector<T> values;
    ProtoReader reader(constant.encoded);
    for (ProtoField field; reader.next(field);) {
        if (field.field == tensor_field::raw_data) {
            values.resize(field.text.size() / sizeof(T));
            if (!values.empty())
                std::memcpy(values.data(), field.text.data(), values.size() * sizeof(T));
        } else if (field.field == numbers_field) {
            add(field, values);
        }
    }
    if (values.size() != constant.count()) throw std::runtime_error("length of a tensor");
    return values;
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

std::set<std::string_view> operators(std::string_view names) {
    std::set<std::string_view> result;
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        result.insert(names.substr(0, end));
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return result;
}

std::optional<std::int64_t> OnnxNode::integer(std::string_view attribute) const {
    const auto found = attributes.find(attribute);
    if (found == attributes.end()) return std::nullopt;
    return found->second.integer;
}

std::vector<float> OnnxConstant::floats() const {
    if (type != float_type) unknown("type of a constant");
    return numbers<float>(
        *this, tensor_field::float_data, [](const ProtoField& field, std::vector<float>& values) {
            if (field.wire_type == 5) return values.push_back(real(field.number));
            const std::size_t count = field.text.size() / sizeof(float);
            const std::size_t before = values.size();
            values.resize(before + count);
            if (count > 0) {
                std::memcpy(values.data() + before, field.text.data(), count * sizeof(float));
            }
        });
}

std::vector<std::int64_t> OnnxConstant::integers() const {
    if (type != integer_type) unknown("type of a constant");
    return numbers<std::int64_t>(*this, tensor_field::int64_data,
                                 [](const ProtoField& field, std::vector<std::int64_t>& values) {
                                     each_number(field, [&](std::uint64_t number) {
                                         values.push_back(static_cast<std::int64_t>(number));
                                     });
                                 });
}

OnnxModel::OnnxModel(std::string_view model) {
    ProtoReader reader(model);
    bool has_graph = false;
    for (ProtoField field; reader.next(field);) {
        switch (field.field) {
            case model_field::graph:
                if (std::exchange(has_graph, true)) throw std::runtime_error("two graphs");
                parse_graph(field.text);
                break;
            case model_field::opset_import:
                opset = std::max(opset, standard_opset(field.text));
                break;
            case model_field::functions:
                unknown("functions");
            case model_field::ir_version:
            case model_field::producer_name:
                others_.push_back(field.encoded);
                break;
            default:
                break;
        }
    }
    if (!has_graph) throw std::runtime_error("no graph");
}

void OnnxModel::parse_graph(std::string_view text) {
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        switch (field.field) {
            case graph_field::name:
                name_ = field.text;
                break;
            case graph_field::node:
                nodes.push_back(parse_node(field.text));
                break;
            case graph_field::initializer: {
                std::string name;
                OnnxConstant constant = parse_constant(field.text, name);
                constants[name] = std::move(constant);
                break;
            }
            case graph_field::input:
                inputs.push_back(parse_port(field.text));
                break;
            case graph_field::output:
                outputs.push_back(parse_port(field.text));
                break;
            case graph_field::sparse:
                unknown("sparse weights");
            default:
                break;
        }
    }
    // Initializers may be listed among the inputs; nobody here feeds them.
    std::erase_if(inputs, [&](const OnnxPort& port) { return constants.contains(port.name); });
    // Constants are kept in one place.
    std::erase_if(nodes, [&](const OnnxNode& node) {
        if (node.op != "Constant") return false;
        if (node.outputs.size() != 1 || node.attributes.size() != 1) unknown("Constant");
        const auto& [name, attribute] = *node.attributes.begin();
        if (name == "value") {
            std::string ignored;
            OnnxConstant constant = parse_constant(attribute.tensor, ignored);
            constants[node.outputs[0]] = std::move(constant);
        } else if (name == "value_float") {
            add_floats(node.outputs[0], {}, {attribute.real});
        } else if (name == "value_int") {
            add_integers(node.outputs[0], {}, {attribute.integer});
        } else if (name == "value_ints") {
            add_integers(node.outputs[0], {std::ssize(attribute.integers)}, attribute.integers);
        } else {
            unknown("Constant of " + name);
        }
        return true;
    });
}

std::string_view OnnxModel::keep(std::string text) {
    return kept_.emplace_back(std::move(text));
}

void OnnxModel::add_constant(const std::string& name, int type, const Shape& shape,
                             std::string_view data) {
    constants[name] = {type, shape, keep(encode_constant(name, type, shape, data))};
}

void OnnxModel::add_floats(const std::string& name, const Shape& shape,
                           const std::vector<float>& values) {
    add_constant(name, float_type, shape, memory_of(values));
}

void OnnxModel::add_integers(const std::string& name, const Shape& shape,
                             const std::vector<std::int64_t>& values) {
    add_constant(name, integer_type, shape, memory_of(values));
}

OnnxAttribute OnnxModel::integer_attribute(std::string_view name, std::int64_t value) {
    ProtoWriter out;
    out.bytes(attribute_field::name, name);
    out.integer(attribute_field::i, value);
    out.integer(attribute_field::type, 2);
    OnnxAttribute attribute;
    attribute.encoded = keep(std::move(out).take());
    attribute.integer = value;
    return attribute;
}

OnnxAttribute OnnxModel::integers_attribute(std::string_view name,
                                            const std::vector<std::int64_t>& values) {
    ProtoWriter out;
    out.bytes(attribute_field::name, name);
    for (const std::int64_t value : values)
        out.integer(attribute_field::ints, value);
    out.integer(attribute_field::type, 7);
    OnnxAttribute attribute;
    attribute.encoded = keep(std::move(out).take());
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
    graph.bytes(graph_field::name, name_);
    for (const auto& [name, constant] : constants) {
        // The last name counts; a tensor of a node has none, or another.
        ProtoWriter named;
        named.bytes(tensor_field::name, name);
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
