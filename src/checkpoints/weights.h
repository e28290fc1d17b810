#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checkpoints/spectral_norm.h"
#include "core/tensor.h"

namespace ditto::checkpoints {

using SharedTensor = std::shared_ptr<const Tensor>;

/// How a synthetic weight is drawn. Ignored where weights come from a checkpoint.
struct Init {
    enum class Kind { fan_in, around, given, spectral_u, spectral_v };
    Kind kind = Kind::around;
    double gain = 0;  // fan_in: standard deviation x sqrt(inputs of one output); around: spread
    double mean = 0;  // around
    std::vector<float> values = {};  // given

    static Init weight(double gain = 1) { return {Kind::fan_in, gain, 0, {}}; }
    static Init around(double mean, double spread) { return {Kind::around, spread, mean, {}}; }
    static Init given(std::vector<float> values) { return {Kind::given, 0, 0, std::move(values)}; }
    /// Left and right singular vector of the weight asked for just before, as spectral norm keeps
    /// them beside it.
    static Init spectral_u() { return {Kind::spectral_u, 0, 0, {}}; }
    static Init spectral_v() { return {Kind::spectral_v, 0, 0, {}}; }
};

/// Where a network's weights come from. Names are those of the PyTorch state dict.
class WeightSource {
  public:
    virtual ~WeightSource() = default;
    /// A float tensor of exactly this shape.
    virtual SharedTensor get(const std::string& name, const Shape& shape, const Init& init) = 0;
};

/// The tensors of a PyTorch checkpoint.
struct StateDict {
    std::string path;  // for messages
    std::map<std::string, SharedTensor> tensors;

    bool has(const std::string& name) const { return tensors.contains(name); }
    /// Size `axis` of a tensor. Throws Error{model_mismatch} where there is no such thing.
    std::int64_t size(const std::string& name, std::size_t axis) const;
    /// How many of "prefix0suffix", "prefix1suffix", ... there are.
    std::int64_t count(const std::string& prefix, const std::string& suffix) const;
};

/// Throws Error{model_mismatch} where a tensor is missing or has another shape.
class CheckpointWeights : public WeightSource {
  public:
    explicit CheckpointWeights(StateDict state) : state_(std::move(state)) {}
    SharedTensor get(const std::string& name, const Shape& shape, const Init& init) override;

  private:
    StateDict state_;
};

/// Seeded random weights. A tensor's values depend on the seed and its name only.
class SyntheticWeights : public WeightSource {
  public:
    explicit SyntheticWeights(std::uint64_t seed) : seed_(seed) {}
    SharedTensor get(const std::string& name, const Shape& shape, const Init& init) override;

  private:
    std::uint64_t seed_;
    SharedTensor last_weight_;
    SingularVectors last_vectors_;
};

}  // namespace ditto::checkpoints
