#include "checkpoints/half_precision.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace ditto::checkpoints {
namespace {

constexpr float largest_half = 65504;

/// How an operator is computed.
enum class Rule {
    half,    // in 16 bits
    follow,  // as what it gets: in 32 bits where all of that is, else in 16
    full,    // in 32 bits
};

Rule rule_of(const OnnxNode& node) {
    static const auto half = operators(
        "AveragePool Conv ConvTranspose DepthToSpace Elu Erf Gelu Gemm GlobalAveragePool "
        "GlobalMaxPool LeakyRelu MatMul MaxPool Mish PRelu Relu Resize Sigmoid Softplus "
        "SpaceToDepth Tanh");
    static const auto follow = operators(
        "Abs Add Clip Concat Div Expand Flatten Gather GatherElements GatherND Identity Max "
        "Min Mul Neg Pad Reshape ScatterElements ScatterND Slice Split Squeeze Sub Sum Tile "
        "Transpose Trilu Unsqueeze Where");
    static const auto full = operators(
        "And ArgMax ArgMin BatchNormalization Cast Ceil ConstantOfShape Cos CumSum Einsum "
        "Equal Exp Floor Greater GreaterOrEqual GridSample GroupNormalization "
        "InstanceNormalization LayerNormalization Less LessOrEqual Log LogSoftmax Mod Not Or "
        "Pow Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax "
        "ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Round Shape Sign Sin Size "
        "Softmax Sqrt");
    if (half.contains(node.op)) return Rule::half;
    if (follow.contains(node.op)) return Rule::follow;
    if (full.contains(node.op)) return Rule::full;
    throw std::invalid_argument("operator " + node.op);
}

bool is_one_of(std::string_view op, std::initializer_list<std::string_view> ops) {
    return std::ranges::find(ops, op) != ops.end();
}

/// Inputs that stay in 32 bits whatever the node is computed in.
bool is_setting(const OnnxNode& node, std::size_t input) {
    return node.op == "Resize" && input > 0;
}

/// Element type of a node's results, given those of its first two inputs.
int result_type(const OnnxNode& node, int first, int second) {
    if (is_one_of(node.op, {"Shape", "Size", "ArgMax", "ArgMin"})) return integer_type;
    if (is_one_of(node.op, {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not",
                            "And", "Or"})) {
        return boolean_type;
    }
    if (node.op == "Cast") return static_cast<int>(node.integer("to").value_or(0));
    if (node.op == "Where") return second;
    if (node.op != "ConstantOfShape") return first;
    const auto value = node.attributes.find("value");
    return value == node.attributes.end() ? int{float_type} : value->second.tensor_type;
}

class Conversion {
  public:
    explicit Conversion(OnnxModel& model) : model_(model) {}

    void run() {
        find_types();
        for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
            for (const std::string& output : model_.nodes[i].outputs)
                makers_[output] = i;
        }
        find_full();
        std::vector<OnnxNode> old = std::exchange(model_.nodes, {});
        for (std::size_t i = 0; i < old.size(); ++i)
            convert(std::move(old[i]), full_[i]);
        for (const OnnxPort& port : model_.outputs) {
            const auto found = stored_.find(port.name);
            if (found != stored_.end() && found->second != port.name)
                cast(found->second, port.name, float_type);
        }
        model_.remove_unused();
    }

  private:
    bool is_float(const std::string& value) const {
        const auto found = types_.find(value);
        return found != types_.end() && found->second == float_type;
    }
    bool is_constant(const std::string& value) const { return fixed_.contains(value); }

    void find_types() {
        for (const auto& [name, constant] : model_.constants) {
            types_[name] = constant.type;
            fixed_.insert(name);
        }
        for (const OnnxPort& port : model_.inputs)
            types_[port.name] = port.type;
        for (const OnnxNode& node : model_.nodes) {
            const auto type_of = [&](std::size_t input) {
                const auto found =
                    input < node.inputs.size() ? types_.find(node.inputs[input]) : types_.end();
                return found == types_.end() ? 0 : found->second;
            };
            const int type = result_type(node, type_of(0), type_of(1));
            if (type == half_type) throw std::invalid_argument("16 bits already");
            const bool fixed = std::ranges::all_of(node.inputs, [&](const std::string& input) {
                return input.empty() || is_constant(input);
            });
            for (const std::string& output : node.outputs) {
                types_[output] = type;
                if (fixed) fixed_.insert(output);
            }
        }
    }

    enum class Step { outside, last, on };

    /// Marks what leads to `value`, as far as `step` says of each node.
    template <class StepOf>
    void mark_back(const std::string& value, StepOf&& step_of) {
        std::vector<std::string> open{value};
        std::set<std::size_t> seen;
        while (!open.empty()) {
            const auto maker = makers_.find(open.back());
            open.pop_back();
            if (maker == makers_.end() || !seen.insert(maker->second).second) continue;
            const OnnxNode& node = model_.nodes[maker->second];
            const Step step = step_of(node);
            if (step == Step::outside) continue;
            full_[maker->second] = true;
            if (step == Step::on) open.insert(open.end(), node.inputs.begin(), node.inputs.end());
        }
    }

    void find_full() {
        full_.assign(model_.nodes.size(), false);
        for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
            const OnnxNode& node = model_.nodes[i];
            if (rule_of(node) == Rule::full || is_constant(node.outputs.at(0)) ||
                !constants_fit(node)) {
                full_[i] = true;
            }
            if (node.op == "GridSample") {
                mark_back(node.inputs.at(1), [&](const OnnxNode& maker) {
                    const bool weighs =
                        is_one_of(maker.op, {"Conv", "ConvTranspose", "Gemm", "GridSample"}) ||
                        (maker.op == "MatMul" && has_weights(maker));
                    return weighs ? Step::outside : Step::on;
                });
            } else if (node.op == "Exp") {
                mark_back(node.inputs.at(0), [](const OnnxNode& maker) {
                    return rule_of(maker) == Rule::follow ? Step::on : Step::outside;
                });
            } else if (node.op == "Sqrt") {
                // Of a variance: back to the difference from the mean.
                mark_back(node.inputs.at(0), [](const OnnxNode& maker) {
                    if (maker.op == "Sub") return Step::last;
                    return is_one_of(maker.op,
                                     {"Add", "Div", "Mul", "Pow", "ReduceMean", "ReduceSum"})
                               ? Step::on
                               : Step::outside;
                });
            }
        }
    }

    bool has_weights(const OnnxNode& node) const {
        return std::ranges::any_of(node.inputs,
                                   [&](const std::string& input) { return is_constant(input); });
    }

    bool constants_fit(const OnnxNode& node) const {
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            const auto found = model_.constants.find(node.inputs[i]);
            if (found == model_.constants.end() || found->second.type != float_type ||
                is_setting(node, i)) {
                continue;
            }
            const std::vector<float> values = found->second.floats();
            const bool small = std::ranges::all_of(
                values, [](float value) { return std::abs(value) <= largest_half; });
            // Of many weights some may vanish; a number that stands alone may not.
            const bool vanishes =
                values.size() == 1 && values[0] != 0 && (half_from_float(values[0]) & 0x7FFFU) == 0;
            if (!small || vanishes) return false;
        }
        return true;
    }

    std::string unused(std::string name) {
        while (!types_.try_emplace(name, 0).second)
            name += "_";
        return name;
    }

    std::string cast(const std::string& from, const std::string& to, int type) {
        OnnxNode node;
        node.op = "Cast";
        node.name = to + "/cast";
        node.inputs = {from};
        node.outputs = {to};
        node.attributes["to"] = model_.integer_attribute("to", type);
        model_.nodes.push_back(std::move(node));
        return to;
    }

    /// The value in 16 or 32 bits: as it is stored, or cast once.
    std::string in(const std::string& value, bool half) {
        const auto stored = stored_.find(value);
        const std::string& name = stored == stored_.end() ? value : stored->second;
        if (half == halves_.contains(value)) return name;
        std::string& made = casts_[{value, half}];
        if (!made.empty()) return made;
        made = unused(value + (half ? "/16" : "/32"));
        const auto constant = model_.constants.find(value);
        if (half && constant != model_.constants.end()) {
            const std::vector<float> values = constant->second.floats();
            std::vector<std::uint16_t> rounded(values.size());
            std::ranges::transform(values, rounded.begin(), half_from_float);
            model_.add_constant(
                made, half_type, constant->second.shape,
                {reinterpret_cast<const char*>(rounded.data()), rounded.size() * 2});
            return made;
        }
        return cast(name, made, half ? half_type : float_type);
    }

    void convert(OnnxNode node, bool full) {
        bool half = !full;
        if (half && rule_of(node) == Rule::follow) {
            bool any = false;
            bool all_full = true;
            for (std::size_t i = 0; i < node.inputs.size(); ++i) {
                const std::string& input = node.inputs[i];
                if (!is_float(input) || is_constant(input) || is_setting(node, i)) continue;
                any = true;
                all_full = all_full && !halves_.contains(input);
            }
            half = any && !all_full;
        }
        const bool any_type = is_one_of(node.op, {"Shape", "Size"});
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            if (is_float(node.inputs[i]) && !(any_type && halves_.contains(node.inputs[i])))
                node.inputs[i] = in(node.inputs[i], half && !is_setting(node, i));
        }
        for (std::string& output : node.outputs) {
            if (!half || !is_float(output)) continue;
            halves_.insert(output);
            if (std::ranges::find(model_.outputs, output, &OnnxPort::name) ==
                model_.outputs.end()) {
                continue;
            }
            // Outputs keep their name and type.
            const std::string inside = unused(output + "/16");
            stored_[output] = inside;
            output = inside;
        }
        model_.nodes.push_back(std::move(node));
    }

    OnnxModel& model_;
    std::map<std::string, int, std::less<>> types_;
    std::set<std::string, std::less<>> fixed_;  // constants and what is computed from them alone
    std::map<std::string, std::size_t, std::less<>> makers_;
    std::vector<bool> full_;
    std::set<std::string, std::less<>> halves_;
    std::map<std::string, std::string, std::less<>> stored_;
    std::map<std::pair<std::string, bool>, std::string> casts_;
};

/// Scale and shift of each channel that a batch norm comes to.
struct ChannelScales {
    std::vector<float> scale, shift;
};

ChannelScales channel_scales(const OnnxModel& model, const OnnxNode& norm) {
    std::array<std::vector<float>, 4> parts;  // scale, bias, mean, variance
    for (std::size_t i = 0; i < parts.size(); ++i)
        parts[i] = model.constants.at(norm.inputs.at(i + 1)).floats();
    const auto& [scale, bias, mean, variance] = parts;
    const auto epsilon = norm.attributes.find("epsilon");
    const double added = epsilon == norm.attributes.end() ? 1e-5F : epsilon->second.real;
    ChannelScales result;
    for (std::size_t i = 0; i < scale.size(); ++i) {
        const double factor = scale[i] / std::sqrt(static_cast<double>(variance.at(i)) + added);
        result.scale.push_back(static_cast<float>(factor));
        result.shift.push_back(static_cast<float>(bias.at(i) - mean.at(i) * factor));
    }
    return result;
}

bool has_constants(const OnnxModel& model, const OnnxNode& node) {
    return !node.inputs.empty() &&
           std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](const std::string& input) {
               const auto found = model.constants.find(input);
               return found != model.constants.end() && found->second.type == float_type;
           });
}

void fold(OnnxModel& model, OnnxNode& conv, const OnnxNode& norm) {
    const auto [scale, shift] = channel_scales(model, norm);
    const OnnxConstant& weight = model.constants.at(conv.inputs.at(1));
    std::vector<float> weights = weight.floats();
    if (weight.shape.empty() || static_cast<std::size_t>(weight.shape[0]) != scale.size()) {
        throw std::runtime_error("channels of a norm");
    }
    std::vector<float> bias(scale.size());
    if (conv.inputs.size() > 2) bias = model.constants.at(conv.inputs[2]).floats();
    const std::size_t row = weights.size() / std::max<std::size_t>(1, scale.size());
    for (std::size_t i = 0; i < scale.size(); ++i) {
        for (float& value : std::span(weights).subspan(i * row, row))
            value *= scale[i];
        bias.at(i) = bias.at(i) * scale[i] + shift[i];
    }
    const std::string name = model.free_name(norm.outputs.at(0) + "/weight");
    model.add_floats(name, Shape(weight.shape), weights);
    const std::string bias_name = model.free_name(norm.outputs.at(0) + "/bias");
    model.add_floats(bias_name, {std::ssize(bias)}, bias);
    conv.inputs = {conv.inputs[0], name, bias_name};
    conv.outputs = norm.outputs;
}

void fold_batch_norms(OnnxModel& model) {
    std::map<std::string, std::size_t> convs;
    std::set<std::size_t> folded;
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
        const OnnxNode& node = model.nodes[i];
        if (!has_constants(model, node)) continue;
        if (node.op == "Conv") convs[node.outputs.at(0)] = i;
        if (node.op != "BatchNormalization" || node.outputs.size() != 1) continue;
        const auto conv = convs.find(node.inputs.at(0));
        if (conv == convs.end() || model.uses(conv->first) != 1) continue;
        fold(model, model.nodes[conv->second], node);
        folded.insert(i);
    }
    std::size_t at = 0;
    std::erase_if(model.nodes, [&](const OnnxNode&) { return folded.contains(at++); });
}

}  // namespace

std::uint16_t half_from_float(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16U & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U) return sign | 0x7E00U;
    // What rounds to 65536 or more has no number.
    if (magnitude >= 0x477FF000U) return sign | 0x7C00U;
    if (magnitude < 0x38800000U) {
        // Steps of 2^-24: the sum's own rounding does it.
        const float steps = std::bit_cast<float>(magnitude) + 0.5F;
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(steps) & 0x7FFU));
    }
    const std::uint32_t rounded = magnitude + 0xFFFU + (magnitude >> 13U & 1U);
    return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000U) >> 13U));
}

void to_half_precision(OnnxModel& model) {
    fold_batch_norms(model);
    Conversion(model).run();
}

}  // namespace ditto::checkpoints
