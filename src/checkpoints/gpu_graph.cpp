#include "checkpoints/gpu_graph.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "checkpoints/free_batch.h"
#include "checkpoints/half_precision.h"
#include "checkpoints/onnx_rewrite.h"

namespace ditto::checkpoints {
namespace {

/// Adds nodes that round the picture to whole levels and put its colours side by side.
void to_bytes(OnnxModel& model) {
    if (model.outputs.size() != 1 || model.outputs[0].type != float_type ||
        model.outputs[0].shape.size() != 4 || model.outputs[0].shape[1] != 3) {
        throw std::invalid_argument("output " +
                                    (model.outputs.empty() ? "" : model.outputs[0].name));
    }
    OnnxPort& port = model.outputs[0];
    const std::string picture = model.free_name(port.name + "/float");
    for (OnnxNode& node : model.nodes) {
        std::ranges::replace(node.outputs, port.name, picture);
        std::ranges::replace(node.inputs, port.name, picture);
    }
    const auto constant = [&](float value) {
        std::string name = model.free_name(port.name + "/constant");
        model.add_floats(name, {}, {value});
        return name;
    };
    std::string last = picture;
    const auto add = [&](const std::string& op, std::vector<std::string> others,
                         std::map<std::string, OnnxAttribute, std::less<>> attributes = {}) {
        OnnxNode node;
        node.op = op;
        node.inputs = {last};
        node.inputs.insert(node.inputs.end(), others.begin(), others.end());
        node.attributes = std::move(attributes);
        last = op == "Transpose" ? port.name : model.free_name(port.name + "/" + op);
        node.outputs = {last};
        node.name = last + "/node";
        model.nodes.push_back(std::move(node));
    };
    add("Clip", {constant(0), constant(1)});
    add("Mul", {constant(255)});
    add("Add", {constant(.5F)});
    add("Cast", {}, {{"to", model.integer_attribute("to", byte_type)}});
    add("Transpose", {}, {{"perm", model.integers_attribute("perm", {0, 2, 3, 1})}});
    port.type = byte_type;
    port.shape = {port.shape[0], port.shape[2], port.shape[3], port.shape[1]};
}

}  // namespace

std::string gpu_graph(std::string_view model, const GpuGraphOptions& options,
                      const std::string& name) {
    return as_model_file(name, [&] {
        OnnxModel graph(model);
        rewrite_grid_samples(graph, 20);
        // With nothing but another opset, what is not known may stay.
        if (options.half || options.pictures) graph.require_plain();
        if (options.half) to_half_precision(graph);
        if (options.pictures) {
            to_bytes(graph);
            free_batch(graph);
        }
        return graph.bytes();
    });
}

}  // namespace ditto::checkpoints
