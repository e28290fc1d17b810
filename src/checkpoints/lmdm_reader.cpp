#include "checkpoints/lmdm_reader.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/error.h"
#include "checkpoints/onnx_model.h"

namespace ditto::checkpoints {
namespace {

SharedTensor tensor(const OnnxConstant& constant) {
    const std::vector<float> values = constant.floats();
    Tensor result(DataType::f32, constant.shape);
    std::ranges::copy(values, result.values<float>().begin());
    return std::make_shared<const Tensor>(std::move(result));
}

SharedTensor transposed(const Tensor& matrix) {
    const std::int64_t rows = matrix.shape()[0];
    const std::int64_t columns = matrix.shape()[1];
    Tensor result(DataType::f32, {columns, rows});
    const auto from = matrix.values<float>();
    const auto to = result.values<float>();
    for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
        for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column)
            to[column * static_cast<std::size_t>(rows) + row] =
                from[row * static_cast<std::size_t>(columns) + column];
    }
    return std::make_shared<const Tensor>(std::move(result));
}

/// One below the other.
SharedTensor stacked(const std::vector<SharedTensor>& parts) {
    Shape shape = parts.front()->shape();
    shape[0] *= std::ssize(parts);
    Tensor result(DataType::f32, shape);
    auto* to = static_cast<std::byte*>(result.data());
    for (const SharedTensor& part : parts) {
        std::memcpy(to, part->data(), part->bytes());
        to += part->bytes();
    }
    return std::make_shared<const Tensor>(std::move(result));
}

class Search {
  public:
    explicit Search(std::string_view model) : graph_(model) {
        // Only what may be weights: 32 bits, in this file.
        std::erase_if(graph_.constants, [](const auto& item) {
            return item.second.type != float_type || item.second.elsewhere;
        });
        constexpr std::string_view last = "final_layer.bias";
        for (const auto& [name, constant] : graph_.constants) {
            if (name.ends_with(last)) prefix_ = name.substr(0, name.size() - last.size());
        }
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            for (const std::string& output : graph_.nodes[i].outputs)
                makers_[output] = i;
        }
    }

    std::map<std::string, SharedTensor> found;

    bool named(const std::string& name) {
        const auto constant = graph_.constants.find(prefix_ + name);
        if (constant == graph_.constants.end()) return false;
        found[name] = tensor(constant->second);
        return true;
    }

    bool linear(const std::string& name) {
        if (!named(name + ".bias")) return false;
        if (named(name + ".weight")) return true;
        const auto user = user_of(name + ".bias");
        const SharedTensor weight = user ? weight_of(*user) : nullptr;
        if (!weight) return false;
        found[name + ".weight"] = weight;
        return true;
    }

    bool norm(const std::string& name) { return named(name + ".weight") && named(name + ".bias"); }

    bool attention(const std::string& name) {
        if (!linear(name + ".out_proj")) return false;
        if (named(name + ".in_proj_weight") && named(name + ".in_proj_bias")) return true;
        const auto out = user_of(name + ".out_proj.bias");
        if (!out) return false;
        std::vector<SharedTensor> weights;
        std::vector<SharedTensor> biases;
        for (std::size_t i = *out; i-- > 0 && weights.size() < 3;) {
            const OnnxNode& node = graph_.nodes[i];
            if (node.op != "Add" || node.inputs.size() != 2) continue;
            const OnnxConstant* bias = constant_input(node, 1);
            if (bias == nullptr || bias->count() != found_size(name)) continue;
            const SharedTensor weight = weight_of(i);
            if (!weight) continue;
            weights.insert(weights.begin(), weight);
            biases.insert(biases.begin(), tensor(*bias));
        }
        if (weights.size() < 3) return false;
        const bool alike = std::all_of(weights.begin(), weights.end(), [&](const auto& weight) {
            return weight->shape() == weights.front()->shape();
        });
        if (!alike) return false;
        found[name + ".in_proj_weight"] = stacked(weights);
        found[name + ".in_proj_bias"] = stacked(biases);
        return true;
    }

    /// What is taken where the condition is dropped: a constant of one row chosen by a Where.
    bool chosen(const std::string& name, std::size_t axes) {
        if (named(name)) return true;
        for (const OnnxNode& node : graph_.nodes) {
            if (node.op != "Where") continue;
            for (std::size_t i = 1; i < node.inputs.size(); ++i) {
                const auto constant = graph_.constants.find(node.inputs[i]);
                if (constant == graph_.constants.end()) continue;
                if (constant->second.shape.size() != axes) continue;
                found[name] = tensor(constant->second);
                return true;
            }
        }
        return false;
    }

    std::size_t layers(const std::string& prefix) const {
        std::size_t count = 0;
        while (
            graph_.constants.contains(prefix_ + prefix + std::to_string(count) + ".norm1.weight"))
            ++count;
        return count;
    }

  private:
    std::size_t found_size(const std::string& attention) const {
        return found.at(attention + ".out_proj.bias")->count();
    }

    std::optional<std::size_t> user_of(const std::string& name) const {
        const std::string full = prefix_ + name;
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            if (std::ranges::find(graph_.nodes[i].inputs, full) != graph_.nodes[i].inputs.end()) {
                return i;
            }
        }
        return std::nullopt;
    }

    /// The constant among the inputs, of so many axes.
    const OnnxConstant* constant_input(const OnnxNode& node, std::size_t axes) const {
        for (const std::string& input : node.inputs) {
            const auto constant = graph_.constants.find(input);
            if (constant != graph_.constants.end() && constant->second.shape.size() == axes) {
                return &constant->second;
            }
        }
        return nullptr;
    }

    /// The matrix of a Gemm, or of the MatMul that an Add adds a bias to, laid out as PyTorch does.
    SharedTensor weight_of(std::size_t index) const {
        const OnnxNode& node = graph_.nodes[index];
        if (node.op == "Gemm") {
            const OnnxConstant* weight = constant_input(node, 2);
            if (weight == nullptr) return nullptr;
            const bool as_pytorch = node.integer("transB").value_or(0) != 0;
            return as_pytorch ? tensor(*weight) : transposed(*tensor(*weight));
        }
        if (node.op != "Add") return nullptr;
        for (const std::string& input : node.inputs) {
            const auto maker = makers_.find(input);
            if (maker == makers_.end() || graph_.nodes[maker->second].op != "MatMul") continue;
            const OnnxConstant* weight = constant_input(graph_.nodes[maker->second], 2);
            return weight == nullptr ? nullptr : transposed(*tensor(*weight));
        }
        return nullptr;
    }

    OnnxModel graph_;
    std::string prefix_;
    std::map<std::string_view, std::size_t> makers_;
};

bool find_layer(Search& search, const std::string& name, bool decoder) {
    bool there = search.norm(name + ".norm1") && search.norm(name + ".norm2") &&
                 search.attention(name + ".self_attn") && search.linear(name + ".linear1") &&
                 search.linear(name + ".linear2");
    if (!decoder) return there;
    there = there && search.norm(name + ".norm3") && search.attention(name + ".multihead_attn");
    for (const char* film : {".film1", ".film2", ".film3"})
        there = there && search.linear(name + film + ".block.1");
    return there;
}

bool find_all(Search& search) {
    bool there = true;
    for (const char* name : {"input_projection", "cond_projection", "non_attn_cond_projection.1",
                             "non_attn_cond_projection.3", "time_mlp.1", "to_time_cond.0",
                             "to_time_tokens.0", "final_layer"})
        there = there && search.linear(name);
    there = there && search.norm("non_attn_cond_projection.0") && search.norm("norm_cond") &&
            search.named("rotary.freqs") && search.chosen("null_cond_embed", 3) &&
            search.chosen("null_cond_hidden", 2);
    for (const auto& [prefix, decoder] :
         {std::pair{"cond_encoder.", false}, std::pair{"seqTransDecoder.stack.", true}}) {
        const std::size_t layers = search.layers(prefix);
        there = there && layers > 0;
        for (std::size_t i = 0; i < layers && there; ++i)
            there = find_layer(search, prefix + std::to_string(i), decoder);
    }
    return there;
}

}  // namespace

std::optional<StateDict> read_lmdm(std::string_view model, const std::string& name) {
    try {
        Search search(model);
        if (!find_all(search)) return std::nullopt;
        return StateDict{name, std::move(search.found)};
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    } catch (const std::runtime_error& error) {
        throw Error(ErrorCode::model_corrupt, {{"path", name}}, error.what());
    }
}

}  // namespace ditto::checkpoints
