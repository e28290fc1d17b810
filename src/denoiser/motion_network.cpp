#include "denoiser/motion_network.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace ditto::denoiser {
namespace {

float mish(float x) {
    return x * std::tanh(std::log1p(std::exp(x)));
}

float silu(float x) {
    return x / (1 + std::exp(-x));
}

/// Takes layers out of named tensors.
class Reader {
  public:
    Reader(const MotionWeights& weights, std::string path, std::size_t panel)
        : weights_(weights), path_(std::move(path)), panel_(panel) {}

    const Tensor& tensor(const std::string& name, std::size_t axes) const {
        const auto found = weights_.find(name);
        if (found == weights_.end()) refuse(name + " is missing");
        const Tensor& tensor = *found->second;
        if (tensor.type() != DataType::f32 || tensor.shape().size() != axes) refuse(name);
        return tensor;
    }

    std::vector<float> vector(const std::string& name, std::size_t size) const {
        const auto values = tensor(name, 1).values<float>();
        if (values.size() != size) refuse(name);
        return {values.begin(), values.end()};
    }

    /// Outputs [first, first + outputs) of a layer.
    Linear part(const std::string& weight, const std::string& bias, std::size_t first,
                std::size_t outputs, std::size_t inputs) const {
        const auto biases = tensor(bias, 1).values<float>();
        const auto values = tensor(weight, 2).values<float>();
        if (biases.size() < first + outputs || values.size() != biases.size() * inputs) {
            refuse(weight);
        }
        const auto rows = values.subspan(first * inputs, outputs * inputs);
        const auto shifts = biases.subspan(first, outputs);
        return {PackedMatrix::transposed(rows, outputs, panel_), {shifts.begin(), shifts.end()}};
    }

    Linear linear(const std::string& name, std::size_t inputs, std::size_t outputs) const {
        if (tensor(name + ".bias", 1).count() != outputs) refuse(name + ".bias");
        return part(name + ".weight", name + ".bias", 0, outputs, inputs);
    }

    /// torch.nn.MultiheadAttention keeps the projections of q, k and v in one.
    Attention attention(const std::string& name, std::size_t size) const {
        const auto third = [&](std::size_t i) {
            return part(name + ".in_proj_weight", name + ".in_proj_bias", i * size, size, size);
        };
        return {third(0), third(1), third(2), linear(name + ".out_proj", size, size)};
    }

    Norm norm(const std::string& name, std::size_t size) const {
        return {vector(name + ".weight", size), vector(name + ".bias", size)};
    }

    std::size_t count(const std::string& prefix) const {
        std::size_t count = 0;
        while (weights_.contains(prefix + std::to_string(count) + ".norm1.weight"))
            ++count;
        return count;
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ErrorCode::model_mismatch, {{"path", path_}, {"what", what}});
    }

  private:
    const MotionWeights& weights_;
    std::string path_;
    std::size_t panel_;
};

EncoderLayer encoder_layer(const Reader& reader, const std::string& name, std::size_t latent,
                           std::size_t wide) {
    return {reader.norm(name + ".norm1", latent), reader.norm(name + ".norm2", latent),
            reader.attention(name + ".self_attn", latent),
            reader.linear(name + ".linear1", latent, wide),
            reader.linear(name + ".linear2", wide, latent)};
}

DecoderLayer decoder_layer(const Reader& reader, const std::string& name, std::size_t latent,
                           std::size_t wide) {
    DecoderLayer layer{reader.norm(name + ".norm1", latent),
                       reader.norm(name + ".norm2", latent),
                       reader.norm(name + ".norm3", latent),
                       reader.attention(name + ".self_attn", latent),
                       reader.attention(name + ".multihead_attn", latent),
                       reader.linear(name + ".linear1", latent, wide),
                       reader.linear(name + ".linear2", wide, latent),
                       {}};
    for (const char* film : {".film1", ".film2", ".film3"})
        layer.films.push_back(reader.linear(name + film + ".block.1", latent, 2 * latent));
    return layer;
}

/// The noisy motion and the motion before stand side by side in one layer; the latter is the same
/// for all frames and steps.
std::pair<Linear, Linear> input_layers(const Reader& reader, std::size_t motion, std::size_t latent,
                                       std::size_t panel) {
    const auto values = reader.tensor("input_projection.weight", 2).values<float>();
    if (values.size() != 2 * motion * latent) reader.refuse("input_projection.weight");
    Linear x{PackedMatrix(motion, latent, panel), std::vector<float>(latent)};
    Linear last{PackedMatrix(motion, latent, panel),
                reader.vector("input_projection.bias", latent)};
    for (std::size_t column = 0; column < latent; ++column) {
        for (std::size_t row = 0; row < motion; ++row) {
            x.weight.at(row, column) = values[column * 2 * motion + row];
            last.weight.at(row, column) = values[(column * 2 + 1) * motion + row];
        }
    }
    return {std::move(x), std::move(last)};
}

}  // namespace

MotionNetwork::MotionNetwork(const VectorKernels& kernels, const MotionWeights& weights,
                             const std::string& path)
    : kernels_(kernels) {
    const Reader reader(weights, path, kernels.panel);
    const auto size = [&](const std::string& name, std::size_t axes, std::size_t axis) {
        return static_cast<std::size_t>(reader.tensor(name, axes).shape()[axis]);
    };
    const Tensor& no_tokens = reader.tensor("null_cond_embed", 3);
    frames_ = static_cast<std::size_t>(no_tokens.shape()[1]);
    latent_ = static_cast<std::size_t>(no_tokens.shape()[2]);
    motion_ = size("final_layer.bias", 1, 0);
    condition_ = size("cond_projection.weight", 2, 1);
    wide_ = size("cond_encoder.0.linear1.bias", 1, 0);
    if (latent_ == 0 || latent_ % (2 * attention_heads) != 0 || no_tokens.shape()[0] != 1) {
        reader.refuse("null_cond_embed");
    }

    std::tie(input_, last_input_) = input_layers(reader, motion_, latent_, kernels.panel);
    condition_projection_ = reader.linear("cond_projection", condition_, latent_);
    for (std::size_t i = 0; i < reader.count("cond_encoder."); ++i)
        encoder_.push_back(
            encoder_layer(reader, "cond_encoder." + std::to_string(i), latent_, wide_));
    summary_norm_ = reader.norm("non_attn_cond_projection.0", latent_);
    summary1_ = reader.linear("non_attn_cond_projection.1", latent_, latent_);
    summary2_ = reader.linear("non_attn_cond_projection.3", latent_, latent_);
    time_ = reader.linear("time_mlp.1", latent_, 4 * latent_);
    time_vector_ = reader.linear("to_time_cond.0", 4 * latent_, latent_);
    time_tokens_ = reader.linear("to_time_tokens.0", 4 * latent_, time_token_count * latent_);
    memory_norm_ = reader.norm("norm_cond", latent_);
    for (std::size_t i = 0; i < reader.count("seqTransDecoder.stack."); ++i)
        decoder_.push_back(
            decoder_layer(reader, "seqTransDecoder.stack." + std::to_string(i), latent_, wide_));
    final_ = reader.linear("final_layer", latent_, motion_);

    const auto frequencies = reader.vector("rotary.freqs", latent_ / 2);
    for (std::size_t position = 0; position < frames_ + time_token_count; ++position) {
        for (const float frequency : frequencies) {
            const float angle = static_cast<float>(position) * frequency;
            cosine_.insert(cosine_.end(), 2, std::cos(angle));
            sine_.push_back(-std::sin(angle));
            sine_.push_back(std::sin(angle));
        }
    }
    const auto hidden = reader.tensor("null_cond_hidden", 2).values<float>();
    if (hidden.size() != latent_) reader.refuse("null_cond_hidden");
    no_summary_.assign(hidden.begin(), hidden.end());
    unconditional_ = memories(no_tokens.values<float>());
}

std::vector<float> MotionNetwork::time_waves(std::span<const std::int64_t> times) const {
    const std::size_t half = latent_ / 2;
    const auto step = static_cast<float>(-(std::log(10000.0) / static_cast<double>(half - 1)));
    std::vector<float> waves(times.size() * latent_);
    for (std::size_t row = 0; row < times.size(); ++row) {
        for (std::size_t i = 0; i < half; ++i) {
            const float angle =
                static_cast<float>(times[row]) * std::exp(static_cast<float>(i) * step);
            waves[row * latent_ + i] = std::sin(angle);
            waves[row * latent_ + half + i] = std::cos(angle);
        }
    }
    return waves;
}

Schedule MotionNetwork::schedule(std::span<const std::int64_t> times) const {
    const std::size_t steps = times.size();
    Schedule result;
    result.times.assign(times.begin(), times.end());

    std::vector<float> hidden(steps * 4 * latent_);
    time_.run(kernels_, time_waves(times).data(), latent_, steps, hidden.data());
    std::ranges::transform(hidden, hidden.begin(), mish);
    result.time_vectors.resize(steps * latent_);
    time_vector_.run(kernels_, hidden.data(), 4 * latent_, steps, result.time_vectors.data());

    std::vector<float> tokens(steps * time_token_count * latent_);
    time_tokens_.run(kernels_, hidden.data(), 4 * latent_, steps, tokens.data());
    kernels_.layer_norm(tokens.data(), steps * time_token_count, latent_, memory_norm_.scale.data(),
                        memory_norm_.shift.data(), tokens.data());
    for (const DecoderLayer& layer : decoder_) {
        Schedule::Tokens made{std::vector<float>(tokens.size()), std::vector<float>(tokens.size())};
        for (std::size_t step = 0; step < steps; ++step) {
            const std::size_t at = step * time_token_count * latent_;
            keys_and_values(layer, tokens.data() + at, time_token_count, frames_,
                            made.keys.data() + at, made.values.data() + at);
        }
        result.tokens.push_back(std::move(made));
    }

    std::vector<float> vectors = result.time_vectors;
    for (std::size_t i = 0; i < vectors.size(); ++i)
        vectors[i] += no_summary_[i % latent_];
    result.unconditional_films = films(vectors);
    return result;
}

std::vector<std::vector<float>> MotionNetwork::films(std::span<const float> vectors) const {
    std::vector<float> activated(vectors.size());
    std::ranges::transform(vectors, activated.begin(), mish);
    const std::size_t rows = vectors.size() / latent_;
    std::vector<std::vector<float>> result;
    for (const DecoderLayer& layer : decoder_) {
        for (const Linear& film : layer.films) {
            result.emplace_back(rows * 2 * latent_);
            film.run(kernels_, activated.data(), latent_, rows, result.back().data());
        }
    }
    return result;
}

void MotionNetwork::rotate(const float* x, std::size_t rows, std::size_t first_position,
                           float* out) const {
    const std::size_t first = first_position * latent_;
    kernels_.rotate(x, cosine_.data() + first, sine_.data() + first, rows * latent_, out);
}

void MotionNetwork::keys_and_values(const DecoderLayer& layer, const float* memory,
                                    std::size_t rows, std::size_t first_position, float* keys,
                                    float* values) const {
    std::vector<float> rotated(rows * latent_);
    rotate(memory, rows, first_position, rotated.data());
    layer.cross.key.run(kernels_, rotated.data(), latent_, rows, keys);
    layer.cross.value.run(kernels_, memory, latent_, rows, values);
}

std::vector<AttentionMemory> MotionNetwork::memories(std::span<const float> tokens) const {
    std::vector<float> normed(tokens.size());
    kernels_.layer_norm(tokens.data(), frames_, latent_, memory_norm_.scale.data(),
                        memory_norm_.shift.data(), normed.data());
    std::vector<float> keys(normed.size());
    std::vector<float> values(normed.size());
    std::vector<AttentionMemory> result;
    for (const DecoderLayer& layer : decoder_) {
        keys_and_values(layer, normed.data(), frames_, 0, keys.data(), values.data());
        result.emplace_back(frames_ + time_token_count, latent_, attention_heads, kernels_.panel);
        result.back().set(0, frames_, keys.data(), values.data());
    }
    return result;
}

void MotionNetwork::encode(const EncoderLayer& layer, std::vector<float>& x) const {
    const std::size_t size = latent_;
    std::vector<float> normed(x.size());
    std::vector<float> rotated(x.size());
    std::vector<float> keys(x.size());
    std::vector<float> values(x.size());
    kernels_.layer_norm(x.data(), frames_, size, layer.norm1.scale.data(), layer.norm1.shift.data(),
                        normed.data());
    rotate(normed.data(), frames_, 0, rotated.data());
    layer.self.key.run(kernels_, rotated.data(), size, frames_, keys.data());
    layer.self.value.run(kernels_, normed.data(), size, frames_, values.data());
    AttentionMemory memory(frames_, size, attention_heads, kernels_.panel);
    memory.set(0, frames_, keys.data(), values.data());
    layer.self.query.run(kernels_, rotated.data(), size, frames_, normed.data());
    std::vector<float> scores(memory.score_count(frames_));
    memory.attend(kernels_, normed.data(), frames_, scores.data(), values.data());
    layer.self.out.run(kernels_, values.data(), size, frames_, normed.data());
    std::ranges::transform(x, normed, x.begin(), std::plus<>());

    kernels_.layer_norm(x.data(), frames_, size, layer.norm2.scale.data(), layer.norm2.shift.data(),
                        normed.data());
    std::vector<float> wide(frames_ * wide_);
    layer.widen.run(kernels_, normed.data(), size, frames_, wide.data());
    kernels_.gelu(wide.data(), wide.size());
    layer.narrow.run(kernels_, wide.data(), wide_, frames_, normed.data());
    std::ranges::transform(x, normed, x.begin(), std::plus<>());
}

std::vector<float> MotionNetwork::encode(std::span<const float> condition) const {
    std::vector<float> x(frames_ * latent_);
    condition_projection_.run(kernels_, condition.data(), condition_, frames_, x.data());
    for (const EncoderLayer& layer : encoder_)
        encode(layer, x);
    return x;
}

std::vector<float> MotionNetwork::summary(std::span<const float> tokens) const {
    std::vector<float> mean(latent_);
    for (std::size_t i = 0; i < latent_; ++i) {
        double sum = 0;
        for (std::size_t frame = 0; frame < frames_; ++frame)
            sum += tokens[frame * latent_ + i];
        mean[i] = static_cast<float>(sum / static_cast<double>(frames_));
    }
    kernels_.layer_norm(mean.data(), 1, latent_, summary_norm_.scale.data(),
                        summary_norm_.shift.data(), mean.data());
    std::vector<float> hidden(latent_);
    summary1_.run(kernels_, mean.data(), latent_, 1, hidden.data());
    std::ranges::transform(hidden, hidden.begin(), silu);
    summary2_.run(kernels_, hidden.data(), latent_, 1, mean.data());
    return mean;
}

}  // namespace ditto::denoiser
