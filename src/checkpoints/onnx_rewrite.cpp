#include "checkpoints/onnx_rewrite.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ditto::checkpoints {
namespace {

constexpr std::string_view plugin = "GridSample3D";
constexpr std::string_view standard = "GridSample";

/// The plugin counts what the standard names; either is read.
std::string_view choice(const OnnxNode& node, std::string_view name,
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
        throw std::invalid_argument(std::string(name) + " of " + node.op);
    }
    return text;
}

void rewrite_grid_sample(OnnxModel& model, OnnxNode& node, std::int64_t opset) {
    const std::string_view mode_name =
        node.attributes.contains("interpolation_mode") ? "interpolation_mode" : "mode";
    std::string_view mode = choice(node, mode_name, {"linear", "nearest", "cubic"});
    if (opset < 20 && mode == "linear") mode = "bilinear";
    if (opset < 20 && mode == "cubic") mode = "bicubic";
    const auto padding = choice(node, "padding_mode", {"zeros", "border", "reflection"});
    const std::int64_t corners = node.integer("align_corners").value_or(0);
    node.op = standard;
    node.attributes = {{"mode", model.text_attribute("mode", mode)},
                       {"padding_mode", model.text_attribute("padding_mode", padding)},
                       {"align_corners", model.integer_attribute("align_corners", corners)}};
}

/// Since opset 18 the axes of a reduction are an input.
void rewrite_reduction(OnnxModel& model, OnnxNode& node) {
    const auto axes = node.attributes.find("axes");
    const std::string name = model.free_name(node.outputs.at(0) + "/axes");
    model.add_integers(name, {std::ssize(axes->second.integers)}, axes->second.integers);
    node.inputs.push_back(name);
    node.attributes.erase(axes);
}

bool is_reduction_with_axes(const OnnxNode& node) {
    // ReduceSum has had the input since opset 13.
    static const auto reductions = operators(
        "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMin ReduceMean ReduceProd "
        "ReduceSumSquare");
    return node.domain.empty() && reductions.contains(node.op) && node.inputs.size() == 1 &&
           !node.outputs.empty() && node.attributes.contains("axes");
}

/// Whether a node of opset 16 or newer means the same at opset 20, but for what rewrite_node()
/// adapts. https://github.com/onnx/onnx/blob/main/docs/Changelog.md
bool is_known_at_20(const OnnxNode& node) {
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
    return !node.domain.empty() || known.contains(node.op);
}

void rewrite_node(OnnxModel& model, OnnxNode& node, std::int64_t from, std::int64_t to) {
    if (from < 20 && to >= 20 && !is_known_at_20(node)) {
        throw std::invalid_argument("operator " + node.op);
    }
    if (node.is(plugin) || (node.is(standard) && from < 20 && to >= 20)) {
        rewrite_grid_sample(model, node, to);
    } else if (from < 18 && to >= 18 && is_reduction_with_axes(node)) {
        rewrite_reduction(model, node);
    } else if (from < 18 && to >= 18 && node.is("Split") && node.inputs.size() == 1) {
        // Since opset 18 equal parts must be counted.
        node.attributes["num_outputs"] =
            model.integer_attribute("num_outputs", std::ssize(node.outputs));
    }
}

}  // namespace

void rewrite_grid_samples(OnnxModel& model, int opset) {
    const std::int64_t from = model.opset;
    if (from < 16) throw std::invalid_argument("opset " + std::to_string(from));
    model.opset = std::max<std::int64_t>(from, opset);
    for (OnnxNode& node : model.nodes)
        rewrite_node(model, node, from, model.opset);
}

std::string rewrite_grid_samples(std::string_view model, int opset, const std::string& name) {
    return as_model_file(name, [&] {
        OnnxModel graph(model);
        rewrite_grid_samples(graph, opset);
        return graph.bytes();
    });
}

bool has_plugin_grid_samples(std::string_view model) {
    try {
        return std::ranges::any_of(OnnxModel(model).nodes,
                                   [](const OnnxNode& node) { return node.is(plugin); });
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace ditto::checkpoints
