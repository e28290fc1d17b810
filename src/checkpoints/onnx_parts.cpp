#include "checkpoints/onnx_parts.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include "checkpoints/onnx_fields.h"
#include "checkpoints/protobuf.h"

namespace ditto::checkpoints {
namespace {

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
                attribute.graph = true;
                break;
            default:
                break;
        }
    }
    return attribute;
}

template <class T, class Add>
std::vector<T> numbers(const OnnxConstant& constant, int numbers_field, Add&& add) {
    if (constant.elsewhere) unknown("weights in another file");
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

}  // namespace

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
                if (field.text != "ai.onnx") node.domain = field.text;
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

OnnxConstant parse_constant(std::string_view text) {
    OnnxConstant constant;
    constant.encoded = text;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == tensor_field::name) constant.name = field.text;
        if (field.field == tensor_field::data_type) constant.type = static_cast<int>(field.number);
        if (field.field == tensor_field::location) constant.elsewhere = field.number != 0;
        if (field.field != tensor_field::dims) continue;
        each_number(field, [&](std::uint64_t size) {
            if (size > std::numeric_limits<std::int32_t>::max()) throw std::runtime_error("size");
            constant.shape.push_back(static_cast<std::int64_t>(size));
        });
    }
    std::uint64_t count = 1;
    for (const std::int64_t size : constant.shape) {
        count *= static_cast<std::uint64_t>(size);
        if (count > text.size() && !constant.elsewhere)
            throw std::runtime_error("a tensor is larger than its file");
    }
    return constant;
}

OnnxPort parse_port(std::string_view text) {
    OnnxPort port;
    port.encoded = text;
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
    if (!port.encoded.empty() && parse_port(port.encoded) == port) return std::string(port.encoded);
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
    if (!node.domain.empty()) out.bytes(node_field::domain, node.domain);
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

std::string encode_attribute(std::string_view name, std::string_view text) {
    ProtoWriter out;
    out.bytes(attribute_field::name, name);
    out.bytes(attribute_field::s, text);
    out.integer(attribute_field::type, 3);
    return std::move(out).take();
}

std::string encode_attribute(std::string_view name, std::int64_t value) {
    ProtoWriter out;
    out.bytes(attribute_field::name, name);
    out.integer(attribute_field::i, value);
    out.integer(attribute_field::type, 2);
    return std::move(out).take();
}

std::string encode_attribute(std::string_view name, const std::vector<std::int64_t>& values) {
    ProtoWriter out;
    out.bytes(attribute_field::name, name);
    for (const std::int64_t value : values)
        out.integer(attribute_field::ints, value);
    out.integer(attribute_field::type, 7);
    return std::move(out).take();
}

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

}  // namespace ditto::checkpoints
