#pragma once

#include <map>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "checkpoints/onnx_model.h"
#include "core/tensor.h"
#include "cpu/conv.h"

namespace ditto::cpu {

/// The network is not one that this room knows how to compute. `what` is for developers.
struct Unknown : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The convolutions of an ONNX graph, in its order, with their weights as they act: spectral norm
/// that the graph computes itself is computed here, batch norm that follows is multiplied in.
class OnnxConvs {
  public:
    /// Borrows `model`. Throws Unknown where it cannot be read.
    explicit OnnxConvs(std::string_view model);
    OnnxConvs(const OnnxConvs&) = delete;
    OnnxConvs& operator=(const OnnxConvs&) = delete;

    std::size_t count() const { return convs_.size(); }
    /// How many nodes of an operator there are.
    int nodes(std::string_view op) const;
    /// Throws Unknown where some node of `op` has another value, or none, for a real attribute.
    void require(std::string_view op, std::string_view attribute, double value) const;

    /// Throws Unknown where the weights are not constant, the kernel is not the same along all
    /// axes, or the result has another size than the input.
    ConvShape shape(std::size_t conv) const;
    /// Throws Unknown as well.
    ConvWeights weights(std::size_t conv) const;
    /// Both, the weights later; borrows this.
    ConvSource source(std::size_t conv) const;

  private:
    struct Constant {
        Shape shape;
        std::vector<float> values;
    };
    using Node = checkpoints::OnnxNode;

    Shape shape_of(std::string_view name, int depth = 0) const;
    Constant constant(std::string_view name, int depth = 0) const;
    Constant computed(const Node& node, int depth) const;
    void fold_batch_norm(const Node& conv, ConvWeights& weights) const;

    checkpoints::OnnxModel model_;
    std::vector<std::size_t> convs_;
    std::map<std::string_view, std::size_t> makers_;  // of a value
};

}  // namespace ditto::cpu
