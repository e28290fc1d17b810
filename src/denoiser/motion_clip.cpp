#include "denoiser/motion_clip.h"

#include <functional>
#include <thread>
#include <utility>

#include "base/error.h"

namespace ditto::denoiser {
namespace {

/// Both at once where there are threads for it.
void run_both(int threads, const std::function<void()>& first,
              const std::function<void()>& second) {
    if (threads < 2) {
        first();
        second();
        return;
    }
    const std::jthread helper(first);
    second();
}

}  // namespace

MotionClip::MotionClip(const MotionNetwork& network, const Schedule& schedule,
                       std::span<const float> last, std::span<const float> condition, int threads)
    : network_(network), schedule_(schedule), threads_(threads) {
    if (last.size() != network.motion_ ||
        condition.size() != network.frames_ * network.condition_) {
        throw Error(ErrorCode::internal, {}, "sizes of a clip of motion");
    }
    last_input_.resize(network.latent_);
    network.last_input_.run(network.kernels_, last.data(), last.size(), 1, last_input_.data());

    const std::vector<float> tokens = network.encode(condition);
    std::vector<AttentionMemory> memories;
    run_both(
        threads, [&] { memories = network.memories(tokens); },
        [&] {
            const std::vector<float> summary = network.summary(tokens);
            std::vector<float> vectors = schedule.time_vectors;
            for (std::size_t i = 0; i < vectors.size(); ++i)
                vectors[i] += summary[i % summary.size()];
            films_ = network.films(vectors);
        });
    branches_ = {make_branch(network.unconditional_, schedule.unconditional_films),
                 make_branch(std::move(memories), films_)};
}

MotionClip::Branch MotionClip::make_branch(std::vector<AttentionMemory> memories,
                                           const std::vector<std::vector<float>>& films) const {
    const std::size_t frames = network_.frames_;
    const std::size_t size = frames * network_.latent_;
    Branch branch;
    branch.memories = std::move(memories);
    branch.films = &films;
    branch.self =
        AttentionMemory(frames, network_.latent_, attention_heads, network_.kernels_.panel);
    for (auto* values : {&branch.x, &branch.normed, &branch.rotated, &branch.queries, &branch.keys,
                         &branch.values})
        values->resize(size);
    branch.wide.resize(frames * network_.wide_);
    branch.scores.resize(frames * (frames + time_token_count));
    return branch;
}

void MotionClip::predict(std::size_t step, std::span<const float> x, std::span<float> start) {
    if (step >= schedule_.times.size() || x.size() != network_.frames_ * network_.motion_ ||
        start.size() != x.size()) {
        throw Error(ErrorCode::internal, {}, "sizes of a step of motion");
    }
    run_both(
        threads_, [&] { run(branches_[0], step, x); }, [&] { run(branches_[1], step, x); });
    // Guidance of weight 2 goes before the last layer, which is linear.
    std::vector<float>& guided = branches_[1].x;
    for (std::size_t i = 0; i < guided.size(); ++i)
        guided[i] += guided[i] - branches_[0].x[i];
    network_.final_.run(network_.kernels_, guided.data(), network_.latent_, network_.frames_,
                        start.data());
}

void MotionClip::run(Branch& branch, std::size_t step, std::span<const float> x) const {
    network_.input_.run(network_.kernels_, x.data(), network_.motion_, network_.frames_,
                        branch.x.data());
    for (std::size_t i = 0; i < branch.x.size(); ++i)
        branch.x[i] += last_input_[i % last_input_.size()];
    for (std::size_t i = 0; i < network_.decoder_.size(); ++i)
        run_layer(branch, step, i);
}

void MotionClip::run_layer(Branch& branch, std::size_t step, std::size_t index) const {
    const VectorKernels& kernels = network_.kernels_;
    const DecoderLayer& layer = network_.decoder_[index];
    const std::size_t frames = network_.frames_;
    const std::size_t size = network_.latent_;
    float* const normed = branch.normed.data();
    float* const rotated = branch.rotated.data();
    float* const queries = branch.queries.data();
    const auto norm = [&](const Norm& weights) {
        kernels.layer_norm(branch.x.data(), frames, size, weights.scale.data(),
                           weights.shift.data(), normed);
    };

    norm(layer.norm1);
    network_.rotate(normed, frames, 0, rotated);
    layer.self.query.run(kernels, rotated, size, frames, queries);
    layer.self.key.run(kernels, rotated, size, frames, branch.keys.data());
    layer.self.value.run(kernels, normed, size, frames, branch.values.data());
    branch.self.set(0, frames, branch.keys.data(), branch.values.data());
    branch.self.attend(kernels, queries, frames, branch.scores.data(), normed);
    layer.self.out.run(kernels, normed, size, frames, queries);
    modulate(branch, step, 3 * index, queries);

    norm(layer.norm2);
    network_.rotate(normed, frames, 0, rotated);
    layer.cross.query.run(kernels, rotated, size, frames, queries);
    const Schedule::Tokens& tokens = schedule_.tokens[index];
    const std::size_t at = step * time_token_count * size;
    branch.memories[index].set(frames, time_token_count, tokens.keys.data() + at,
                               tokens.values.data() + at);
    branch.memories[index].attend(kernels, queries, frames, branch.scores.data(), normed);
    layer.cross.out.run(kernels, normed, size, frames, queries);
    modulate(branch, step, 3 * index + 1, queries);

    norm(layer.norm3);
    layer.widen.run(kernels, normed, size, frames, branch.wide.data());
    kernels.gelu(branch.wide.data(), branch.wide.size());
    layer.narrow.run(kernels, branch.wide.data(), network_.wide_, frames, queries);
    modulate(branch, step, 3 * index + 2, queries);
}

void MotionClip::modulate(Branch& branch, std::size_t step, std::size_t film,
                          const float* y) const {
    const std::size_t size = network_.latent_;
    const float* both = (*branch.films)[film].data() + step * 2 * size;
    network_.kernels_.add_modulated(branch.x.data(), y, network_.frames_, size, both, both + size);
}

}  // namespace ditto::denoiser
