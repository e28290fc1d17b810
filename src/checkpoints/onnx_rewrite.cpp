#include "checkpoints/onnx_rewrite.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <stdexcept>
#include <vector>

#include "base/error.h"
#include "checkpoints/onnx_fields.h"
#include "checkpoints/onnx_model.h"
#include "checkpoints/protobuf.h"

namespace ditto::checkpoints {
namespace {

constexpr std::string_view plugin = "GridSample3D";
constexpr std::string_view standard = "GridSample";

struct NodeAttribute {
    std::string_view encoded;  // the field of the node as it stands
    std::string_view text;
    std::int64_t integer = 0;
    std::vector<std::int64_t> integers;
};

struct Node {
    std::string_view op;
    std::string_view domain;
    std::map<std::string_view, NodeAttribute> attributes;
    std::vector<std::string_view> others;  // inputs, outputs, name: encoded
    int inputs = 0;
    int outputs = 0;
    std::string_view first_output;

    bool is(std::string_view wanted) const {
        return op == wanted && (domain.empty() || domain == "ai.onnx");
    }
};

NodeAttribute parse_attribute(const ProtoField& field, std::string_view& name) {
    NodeAttribute attribute{.encoded = field.encoded, .text = {}, .integers = {}};
    ProtoReader reader(field.text);
    for (ProtoField part; reader.next(part);) {
        if (part.field == attribute_field::name) name = part.text;
        if (part.field == attribute_field::s) attribute.text = part.text;
        if (part.field == attribute_field::i) {
            attribute.integer = static_cast<std::int64_t>(part.number);
        }
        if (part.field != attribute_field::ints) continue;
        if (part.wire_type != 2) {
            attribute.integers.push_back(static_cast<std::int64_t>(part.number));
            continue;
        }
        ProtoReader packed(part.text);
        for (std::uint64_t number = 0; packed.next_varint(number);)
            attribute.integers.push_back(static_cast<std::int64_t>(number));
    }
    return attribute;
}

Node parse_node(std::string_view text) {
    Node node;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        switch (field.field) {
            case node_field::op_type:
                node.op = field.text;
                break;
            case node_field::domain:
                node.domain = field.text;
                break;
            case node_field::attribute: {
                std::string_view name;
                const NodeAttribute attribute = parse_attribute(field, name);
                node.attributes[name] = attribute;
                break;
            }
            default:
                node.inputs += field.field == node_field::input;
                node.outputs += field.field == node_field::output;
                if (field.field == node_field::output && node.outputs == 1) {
                    node.first_output = field.text;
                }
                node.others.push_back(field.encoded);
        }
    }
    return node;
}

std::string text_attribute(std::string_view name, std::string_view value) {
    ProtoWriter out;
    out.bytes(attribute_field::name, name);
    out.bytes(attribute_field::s, value);
    out.integer(attribute_field::type, 3);
    return out.text();
}

std::string integer_attribute(std::string_view name, std::int64_t value) {
    ProtoWriter out;
    out.bytes(attribute_field::name, name);
    out.integer(attribute_field::i, value);
    out.integer(attribute_field::type, 2);
    return out.text();
}

/// The plugin counts what the standard names; either is read.
std::string_view choice(const Node& node, std::string_view name,
                        const std::array<std::string_view, 3>& names) {
    const auto found = node.attributes.find(name);
    if (found == node.attributes.end()) return names[0];
    std::string_view text = found->second.text;
    if (text.empty() && found->second.integer >= 0 && found->second.integer < 3) {
        return names[static_cast<std::size_t>(found->second.integer)];
    }
    if (text == "bilinear") text = "linear";
    if (text == "bicubic") text = "cubic";
    if (std::find(names.begin(), names.end(), text) == names.end()) {
        throw std::invalid_argument(std::string(name) + " of " + std::string(node.op));
    }
    return text;
}

std::string rewrite_grid_sample(const Node& node, std::int64_t opset) {
    const std::string_view mode_name =
        node.attributes.contains("interpolation_mode") ? "interpolation_mode" : "mode";
    std::string_view mode = choice(node, mode_name, {"linear", "nearest", "cubic"});
    if (opset < 20 && mode == "linear") mode = "bilinear";
    if (opset < 20 && mode == "cubic") mode = "bicubic";
    const auto padding = choice(node, "padding_mode", {"zeros", "border", "reflection"});
    const auto corners = node.attributes.find("align_corners");

    ProtoWriter out;
    for (const std::string_view field : node.others)
        out.raw(field);
    out.bytes(node_field::op_type, standard);
    out.bytes(node_field::attribute, text_attribute("mode", mode));
    out.bytes(node_field::attribute, text_attribute("padding_mode", padding));
    out.bytes(node_field::attribute,
              integer_attribute("align_corners",
                                corners == node.attributes.end() ? 0 : corners->second.integer));
    return out.text();
}

/// Since opset 18 the axes of a reduction are an input. Adds it as an initializer to `graph`.
std::string rewrite_reduction(const Node& node, ProtoWriter& graph) {
    const auto& axes = node.attributes.at("axes").integers;
    const std::string name = std::string(node.first_output) + "/axes";
    std::string data(axes.size() * sizeof(std::int64_t), '\0');
    if (!axes.empty()) std::memcpy(data.data(), axes.data(), data.size());
    ProtoWriter tensor;
    tensor.integer(tensor_field::dims, std::ssize(axes));
    tensor.integer(tensor_field::data_type, 7);
    tensor.bytes(tensor_field::name, name);
    tensor.bytes(tensor_field::raw_data, data);
    graph.bytes(graph_field::initializer, tensor.text());

    ProtoWriter out;
    for (const std::string_view field : node.others)
        out.raw(field);
    out.bytes(node_field::input, name);
    out.bytes(node_field::op_type, node.op);
    for (const auto& [key, attribute] : node.attributes) {
        if (key != "axes") out.raw(attribute.encoded);
    }
    return out.text();
}

bool is_reduction_with_axes(const Node& node) {
    // ReduceSum has had the input since opset 13.
    constexpr std::array<std::string_view, 9> reductions{
        "ReduceL1",  "ReduceL2",   "ReduceLogSum", "ReduceLogSumExp", "ReduceMax",
        "ReduceMin", "ReduceMean", "ReduceProd",   "ReduceSumSquare"};
    return node.inputs == 1 && node.attributes.contains("axes") &&
           std::any_of(reductions.begin(), reductions.end(),
                       [&](std::string_view op) { return node.is(op); });
}

/// Whether a node of opset 16 or newer means the same at opset 20, but for what rewrite_node()
/// adapts. https://github.com/onnx/onnx/blob/main/docs/Changelog.md
bool is_known_at_20(const Node& node) {
    static const auto known = operators(
        "Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat "
        "Constant ConstantOfShape Conv ConvTranspose Cos CumSum DepthToSpace Div Einsum Elu "
        "Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gemm "
        "GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GridSample GridSample3D "
        "Identity InstanceNormalization LayerNormalization LeakyRelu Less LessOrEqual Log "
        "LogSoftmax MatMul Max MaxPool Min Mod Mul Neg NonZero Not Or PRelu Pad Pow Range "
        "Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean "
        "ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round "
        "ScatterElements ScatterND Shape Sigmoid Sign Sin Size Slice Softmax Softplus "
        "SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Trilu Unsqueeze Where");
    const bool standard_domain = node.domain.empty() || node.domain == "ai.onnx";
    return !standard_domain || known.contains(node.op);
}

void rewrite_node(std::string_view text, std::int64_t from, std::int64_t to, ProtoWriter& graph) {
    const Node node = parse_node(text);
    if (from < 20 && to >= 20 && !is_known_at_20(node)) {
        throw std::invalid_argument("operator " + std::string(node.op));
    }
    if (node.is(plugin) || (node.is(standard) && from < 20 && to >= 20)) {
        graph.bytes(graph_field::node, rewrite_grid_sample(node, to));
    } else if (from < 18 && to >= 18 && is_reduction_with_axes(node)) {
        const std::string rewritten = rewrite_reduction(node, graph);
        graph.bytes(graph_field::node, rewritten);
    } else if (from < 18 && to >= 18 && node.is("Split") && node.inputs == 1) {
        // Since opset 18 equal parts must be counted.
        ProtoWriter out;
        out.raw(text);
        out.bytes(node_field::attribute, integer_attribute("num_outputs", node.outputs));
        graph.bytes(graph_field::node, out.text());
    } else {
        graph.bytes(graph_field::node, text);
    }
}

std::string rewrite_graph(std::string_view text, std::int64_t from, std::int64_t to) {
    ProtoWriter graph;
    graph.reserve(text.size() + (1U << 16));
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == graph_field::node) {
            rewrite_node(field.text, from, to, graph);
        } else {
            graph.raw(field.encoded);
        }
    }
    return std::move(graph).take();
}

/// Version of the standard operators, or 0. `default_domain`: whether `text` is about those.
std::int64_t opset_of(std::string_view text, bool& default_domain) {
    std::int64_t version = 0;
    default_domain = true;
    ProtoReader reader(text);
    for (ProtoField field; reader.next(field);) {
        if (field.field == opset_field::domain) {
            default_domain = field.text.empty() || field.text == "ai.onnx";
        }
        if (field.field == opset_field::version) version = static_cast<std::int64_t>(field.number);
    }
    return version;
}

std::int64_t model_opset(std::string_view model) {
    std::int64_t opset = 0;
    ProtoReader reader(model);
    for (ProtoField field; reader.next(field);) {
        bool standard_operators = false;
        if (field.field != model_field::opset_import) continue;
        const std::int64_t version = opset_of(field.text, standard_operators);
        if (standard_operators) opset = version;
    }
    if (opset < 16) throw std::invalid_argument("opset " + std::to_string(opset));
    return opset;
}

std::string rewrite(std::string_view model, int wanted) {
    const std::int64_t from = model_opset(model);
    const std::int64_t to = std::max<std::int64_t>(from, wanted);
    ProtoWriter out;
    out.reserve(model.size() + (1U << 16));
    ProtoReader reader(model);
    for (ProtoField field; reader.next(field);) {
        bool standard_operators = false;
        if (field.field == model_field::graph) {
            out.bytes(model_field::graph, rewrite_graph(field.text, from, to));
        } else if (field.field == model_field::opset_import &&
                   (opset_of(field.text, standard_operators), standard_operators)) {
            ProtoWriter opset;
            opset.integer(opset_field::version, to);
            out.bytes(model_field::opset_import, opset.text());
        } else {
            out.raw(field.encoded);
        }
    }
    return std::move(out).take();
}

}  // namespace

std::string rewrite_grid_samples(std::string_view model, int opset, const std::string& name) {
    try {
        return rewrite(model, opset);
    } catch (const std::runtime_error& error) {
        throw Error(ErrorCode::model_corrupt, {{"path", name}}, error.what());
    } catch (const std::invalid_argument& error) {
        throw Error(ErrorCode::model_mismatch, {{"path", name}, {"what", error.what()}},
                    error.what());
    }
}

bool has_plugin_grid_samples(std::string_view model) {
    try {
        ProtoReader reader(model);
        for (ProtoField field; reader.next(field);) {
            if (field.field != model_field::graph) continue;
            ProtoReader graph(field.text);
            for (ProtoField part; graph.next(part);) {
                if (part.field == graph_field::node && parse_node(part.text).is(plugin))
                    return true;
            }
        }
    } catch (const std::runtime_error&) {
        return false;
    }
    return false;
}

}  // namespace ditto::checkpoints
