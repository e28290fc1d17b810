#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "denoiser/attention.h"
#include "denoiser/packed_matrix.h"
#include "denoiser/vector_kernels.h"

namespace ditto::denoiser {

/// By the names of Ditto's PyTorch state dict, without "model." in front; PyTorch's layouts.
using MotionWeights = std::map<std::string, std::shared_ptr<const Tensor>>;

struct Norm {
    std::vector<float> scale;
    std::vector<float> shift;
};

struct Attention {
    Linear query;
    Linear key;
    Linear value;
    Linear out;
};

struct EncoderLayer {
    Norm norm1;
    Norm norm2;
    Attention self;
    Linear widen;
    Linear narrow;
};

struct DecoderLayer {
    Norm norm1;
    Norm norm2;
    Norm norm3;
    Attention self;
    Attention cross;
    Linear widen;
    Linear narrow;
    std::vector<Linear> films;  // three: after self, cross, and feed forward
};

/// What depends on the diffusion's time only, for each step of a schedule.
struct Schedule {
    std::vector<std::int64_t> times;
    std::vector<float> time_vectors;  // steps x latent
    struct Tokens {
        std::vector<float> keys;    // steps x 2 x latent
        std::vector<float> values;  // the same
    };
    std::vector<Tokens> tokens;                           // of each decoder layer
    std::vector<std::vector<float>> unconditional_films;  // of each film: steps x 2 latent
};

/// Ditto's latent motion diffusion model on the processor: the network that
/// checkpoints/lmdm_writer.cpp writes as a graph, split into what is computed once (here), once a
/// clip, and at every step (motion_clip.h). Both branches of guidance are computed side by side.
/// Architecture: Ditto, core/models/modules/lmdm_modules/model.py.
class MotionNetwork {
  public:
    /// Throws Error{model_mismatch} naming `path` where a tensor is missing or does not fit.
    MotionNetwork(const VectorKernels& kernels, const MotionWeights& weights,
                  const std::string& path);

    /// `times`: 0..999.
    Schedule schedule(std::span<const std::int64_t> times) const;

    std::size_t frames() const { return frames_; }        // 80
    std::size_t motion() const { return motion_; }        // 265
    std::size_t condition() const { return condition_; }  // 1103

  private:
    friend class MotionClip;

    std::vector<float> time_waves(std::span<const std::int64_t> times) const;
    /// rows x latent -> both parts of each film, rows x 2 latent.
    std::vector<std::vector<float>> films(std::span<const float> vectors) const;
    void rotate(const float* x, std::size_t rows, std::size_t first_position, float* out) const;
    void keys_and_values(const DecoderLayer& layer, const float* memory, std::size_t rows,
                         std::size_t first_position, float* keys, float* values) const;
    /// Condition (80 x 1103) -> 80 tokens.
    std::vector<float> encode(std::span<const float> condition) const;
    void encode(const EncoderLayer& layer, std::vector<float>& x) const;
    std::vector<float> summary(std::span<const float> tokens) const;
    std::vector<AttentionMemory> memories(std::span<const float> tokens) const;

    const VectorKernels& kernels_;
    std::size_t frames_ = 0;
    std::size_t motion_ = 0;
    std::size_t condition_ = 0;
    std::size_t latent_ = 0;
    std::size_t wide_ = 0;

    Linear input_;       // noisy motion -> latent, without bias
    Linear last_input_;  // the motion before -> latent, with the bias of both
    Linear condition_projection_;
    std::vector<EncoderLayer> encoder_;
    Norm summary_norm_;
    Linear summary1_;
    Linear summary2_;
    Linear time_;
    Linear time_vector_;
    Linear time_tokens_;
    Norm memory_norm_;
    std::vector<DecoderLayer> decoder_;
    Linear final_;
    std::vector<float> cosine_;  // positions x latent, each value twice
    std::vector<float> sine_;    // the same, as (-sin, sin)
    std::vector<float> no_summary_;
    std::vector<AttentionMemory> unconditional_;  // of each decoder layer; time tokens not set
};

/// Tokens that stand for the diffusion's time, behind those of the condition.
inline constexpr std::size_t time_token_count = 2;
inline constexpr std::size_t attention_heads = 8;

}  // namespace ditto::denoiser
