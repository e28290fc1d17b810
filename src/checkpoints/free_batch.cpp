#include "checkpoints/free_batch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ditto::checkpoints {
namespace {

using Integers = std::vector<std::int64_t>;

/// A node that is not known to leave the batch alone.
struct NotFree {};

const std::set<std::string_view>& elementwise() {
    static const auto names = operators(
        "Abs Cast Ceil Clip Cos Elu Erf Exp Floor Gelu Identity LeakyRelu Log Mish Neg "
        "Reciprocal Relu Round Sigmoid Sin Softplus Sqrt Tanh");
    return names;
}

/// They take a batch first, and weights.
const std::set<std::string_view>& layers() {
    static const auto names = operators(
        "AveragePool BatchNormalization Conv ConvTranspose DepthToSpace GlobalAveragePool "
        "InstanceNormalization MaxPool SpaceToDepth");
    return names;
}

const std::set<std::string_view>& broadcasting() {
    static const auto names = operators("Add Div Max Min Mul Pow Sub");
    return names;
}

class Batch {
  public:
    explicit Batch(OnnxModel& model) : model_(model) {}

    void run() {
        for (OnnxPort& port : model_.inputs)
            ranks_[port.name] = free(port);
        for (OnnxNode& node : model_.nodes)
            pass(node);
        for (OnnxPort& port : model_.outputs) {
            if (!ranks_.contains(port.name)) throw NotFree();
            free(port);
        }
    }

  private:
    static std::size_t free(OnnxPort& port) {
        if (port.shape.size() < 2 || port.shape[0] != 1) throw NotFree();
        port.shape[0] = -1;
        return port.shape.size();
    }

    static void require(bool holds) {
        if (!holds) throw NotFree();
    }

    /// Axes of the batch's values; 0: it does not depend on the batch.
    std::size_t rank(const OnnxNode& node, std::size_t input) const {
        if (input >= node.inputs.size()) return 0;
        const auto found = ranks_.find(node.inputs[input]);
        return found == ranks_.end() ? 0 : found->second;
    }

    bool given(const OnnxNode& node, std::size_t input) const {
        return input < node.inputs.size() && !node.inputs[input].empty();
    }

    Integers integers(const OnnxNode& node, std::size_t input) const {
        require(given(node, input));
        const auto found = model_.constants.find(node.inputs[input]);
        require(found != model_.constants.end());
        return found->second.integers();
    }

    static void require_other_axes(const Integers& axes, std::size_t of) {
        const auto rank = static_cast<std::int64_t>(of);
        for (const std::int64_t axis : axes)
            require(axis != 0 && axis != -rank && axis < rank && axis >= -rank);
    }
    static void require_other_axis(std::int64_t axis, std::size_t of) {
        require_other_axes({axis}, of);
    }

    /// Only the first input depends on the batch.
    void require_only_first(const OnnxNode& node) const {
        require(rank(node, 0) > 0);
        for (std::size_t i = 1; i < node.inputs.size(); ++i)
            require(rank(node, i) == 0 && !sizes_.contains(node.inputs[i]));
    }

    void pass(OnnxNode& node) {
        const bool of_batch = std::ranges::any_of(
            node.inputs, [&](const std::string& input) { return ranks_.contains(input); });
        const bool of_sizes = std::ranges::any_of(
            node.inputs, [&](const std::string& input) { return sizes_.contains(input); });
        if (of_batch) {
            if (node.op == "Shape") {
                sizes_.insert(node.outputs.begin(), node.outputs.end());
                return;
            }
            const std::size_t result = result_rank(node);
            for (const std::string& output : node.outputs)
                ranks_[output] = result;
        } else if (of_sizes) {
            // What is made of sizes follows them, if they are only put together.
            static const auto moves =
                operators("Cast Concat Gather Identity Slice Squeeze Unsqueeze");
            require(moves.contains(node.op));
            sizes_.insert(node.outputs.begin(), node.outputs.end());
        }
    }

    std::size_t result_rank(OnnxNode& node) {
        const std::size_t first = rank(node, 0);
        if (elementwise().contains(node.op) || layers().contains(node.op)) {
            require_only_first(node);
            return first;
        }
        if (broadcasting().contains(node.op)) return broadcast(node);
        if (node.op == "Concat") {
            for (std::size_t i = 0; i < node.inputs.size(); ++i)
                require(rank(node, i) == first && first > 0);
            require_other_axis(node.integer("axis").value_or(0), first);
            return first;
        }
        if (node.op == "Split") {
            require_only_first(node);
            require_other_axis(node.integer("axis").value_or(0), first);
            return first;
        }
        if (node.op == "Softmax") {
            require_other_axis(node.integer("axis").value_or(-1), first);
            return first;
        }
        if (node.op == "Transpose") {
            const auto order = node.attributes.find("perm");
            require(order != node.attributes.end() && !order->second.integers.empty() &&
                    order->second.integers[0] == 0);
            return first;
        }
        if (node.op == "Resize") return resize(node);
        if (node.op == "Reshape") return reshape(node);
        throw NotFree();
    }

    std::size_t broadcast(const OnnxNode& node) const {
        std::size_t most = 0;
        for (std::size_t i = 0; i < node.inputs.size(); ++i)
            most = std::max(most, rank(node, i));
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            if (rank(node, i) > 0) {
                require(rank(node, i) == most);
                continue;
            }
            const auto found = model_.constants.find(node.inputs[i]);
            require(found != model_.constants.end());
            const Shape& shape = found->second.shape;
            require(shape.size() < most || (shape.size() == most && shape[0] == 1));
        }
        return most;
    }

    std::size_t resize(OnnxNode& node) {
        const std::size_t first = rank(node, 0);
        require(first > 0 && !node.attributes.contains("axes") && !given(node, 1));
        if (given(node, 2)) {
            const auto found = model_.constants.find(node.inputs[2]);
            require(found != model_.constants.end());
            const std::vector<float> scales = found->second.floats();
            require(scales.size() == first && scales[0] == 1);
        } else if (given(node, 3) && !sizes_.contains(node.inputs[3])) {
            // Sizes of all axes but the batch's.
            const Integers sizes = integers(node, 3);
            require(sizes.size() == first && sizes[0] == 1);
            const std::string name = model_.free_name(node.outputs.at(0) + "/sizes");
            Integers axes;
            for (std::size_t axis = 1; axis < first; ++axis)
                axes.push_back(static_cast<std::int64_t>(axis));
            model_.add_integers(name, {std::ssize(axes)}, Integers(sizes.begin() + 1, sizes.end()));
            node.inputs[3] = name;
            node.attributes["axes"] = model_.integers_attribute("axes", axes);
        }
        return first;
    }

    std::size_t reshape(OnnxNode& node) {
        require(node.integer("allowzero").value_or(0) == 0 && rank(node, 0) > 0);
        Integers shape = integers(node, 1);
        require(shape.size() > 1 && (shape[0] == 1 || shape[0] == 0));
        if (shape[0] == 1) {
            shape[0] = 0;  // the input's
            const std::string name = model_.free_name(node.outputs.at(0) + "/shape");
            model_.add_integers(name, {std::ssize(shape)}, shape);
            node.inputs[1] = name;
        }
        return shape.size();
    }

    OnnxModel& model_;
    std::map<std::string, std::size_t, std::less<>> ranks_;
    std::set<std::string, std::less<>> sizes_;  // made of the shapes of such values
};

}  // namespace

bool free_batch(OnnxModel& model) {
    const auto nodes = model.nodes;
    const auto inputs = model.inputs;
    const auto outputs = model.outputs;
    try {
        Batch(model).run();
        return true;
    } catch (const NotFree&) {
        model.nodes = nodes;
        model.inputs = inputs;
        model.outputs = outputs;
        model.remove_unused();
        return false;
    }
}

}  // namespace ditto::checkpoints
