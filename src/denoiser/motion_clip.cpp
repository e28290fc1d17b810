#include "denoiser/motion_clip.h"

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/wait_for_change.h"

namespace ditto::denoiser {
namespace {

/// Where the threads of a step wait for each other.
class Meeting {
  public:
    explicit Meeting(std::size_t members) : members_(members) {}

    void arrive_and_wait() {
        const unsigned phase = phase_.load(std::memory_order_relaxed);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < members_) {
            wait_for_change(phase_, phase);
            return;
        }
        arrived_.store(0, std::memory_order_relaxed);
        phase_.store(phase + 1, std::memory_order_release);
        phase_.notify_all();
    }

  private:
    const std::size_t members_;
    std::atomic<std::size_t> arrived_ = 0;
    std::atomic<unsigned> phase_ = 0;
};

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
    const std::size_t rows = 2 * network.frames_;
    for (auto* values : {&x_, &normed_, &rotated_, &queries_, &keys_, &values_})
        values->resize(rows * network.latent_);
    wide_.resize(rows * network.wide_);
}

MotionClip::Branch MotionClip::make_branch(std::vector<AttentionMemory> memories,
                                           const std::vector<std::vector<float>>& films) const {
    const std::size_t frames = network_.frames_;
    Branch branch;
    branch.memories = std::move(memories);
    branch.films = &films;
    branch.self =
        AttentionMemory(frames, network_.latent_, attention_heads, network_.kernels_.panel);
    branch.scores.resize(frames * (frames + time_token_count));
    return branch;
}

/// One thread's part of a step: of each layer its share of the columns, and all else of its
/// branches. Whoever needs what others made waits for them.
class MotionClip::Member {
  public:
    Member(MotionClip& clip, std::size_t step, Meeting& together, std::size_t number,
           std::size_t members)
        : clip_(clip),
          network_(clip.network_),
          kernels_(clip.network_.kernels_),
          together_(together),
          step_(step),
          number_(number),
          members_(members),
          frames_(clip.network_.frames_),
          size_(clip.network_.latent_) {}

    void run(std::span<const float> x, std::span<float> start) {
        network_.input_.run(kernels_, x.data(), network_.motion_, frames_, clip_.rotated_.data(),
                            number_, members_);
        together_.arrive_and_wait();
        each_branch([&](std::size_t branch) {
            float* to = of_branch(clip_.x_, branch);
            for (std::size_t i = 0; i < frames_ * size_; ++i)
                to[i] = clip_.rotated_[i] + clip_.last_input_[i % size_];
        });
        together_.arrive_and_wait();
        for (std::size_t i = 0; i < network_.decoder_.size(); ++i)
            run_layer(network_.decoder_[i], i);
        // Guidance of weight 2 goes before the last layer, which is linear.
        together_.arrive_and_wait();
        const std::size_t values = frames_ * size_;
        for (std::size_t i = values * number_ / members_; i < values * (number_ + 1) / members_;
             ++i)
            clip_.normed_[i] = 2 * clip_.x_[values + i] - clip_.x_[i];
        together_.arrive_and_wait();
        network_.final_.run(kernels_, clip_.normed_.data(), size_, frames_, start.data(), number_,
                            members_);
    }

  private:
    float* of_branch(std::vector<float>& values, std::size_t branch) const {
        return values.data() + branch * (values.size() / 2);
    }
    template <class Work>
    void each_branch(const Work& work) const {
        for (std::size_t branch = number_; branch < 2; branch += members_)
            work(branch);
    }
    /// Both branches' rows, or those of the first alone.
    void multiply(const Linear& layer, const std::vector<float>& x, std::vector<float>& to,
                  std::size_t branches = 2) const {
        layer.run(kernels_, x.data(), layer.inputs(), branches * frames_, to.data(), number_,
                  members_);
    }

    /// Norm, and the same turned.
    void prepare(const Norm& norm) {
        each_branch([&](std::size_t branch) {
            float* normed = of_branch(clip_.normed_, branch);
            kernels_.layer_norm(of_branch(clip_.x_, branch), frames_, size_, norm.scale.data(),
                                norm.shift.data(), normed);
            network_.rotate(normed, frames_, 0, of_branch(clip_.rotated_, branch));
        });
        together_.arrive_and_wait();
    }
    /// `branches`: whose queries there are.
    void modulate(std::size_t film, std::size_t branches = 2) {
        together_.arrive_and_wait();
        each_branch([&](std::size_t branch) {
            const float* both = (*clip_.branches_[branch].films)[film].data() + step_ * 2 * size_;
            kernels_.add_modulated(of_branch(clip_.x_, branch),
                                   of_branch(clip_.queries_, branch % branches), frames_, size_,
                                   both, both + size_);
        });
    }
    void attend(const AttentionMemory& memory, std::size_t branch) {
        memory.attend(kernels_, of_branch(clip_.queries_, branch), frames_,
                      clip_.branches_[branch].scores.data(), of_branch(clip_.normed_, branch));
    }

    /// Attention of both branches' frames to each other.
    void attend_to_frames() {
        each_branch([&](std::size_t branch) {
            AttentionMemory& self = clip_.branches_[branch].self;
            self.set(0, frames_, of_branch(clip_.keys_, branch), of_branch(clip_.values_, branch));
            attend(self, branch);
        });
    }
    /// The same of the first branch alone, half of its frames at a time.
    void attend_to_first_frames() {
        AttentionMemory& self = clip_.branches_[0].self;
        if (number_ == 0) self.set(0, frames_, clip_.keys_.data(), clip_.values_.data());
        together_.arrive_and_wait();
        for (std::size_t part = number_; part < 2; part += members_) {
            const std::size_t from = part * frames_ / 2, end = (part + 1) * frames_ / 2;
            self.attend(kernels_, clip_.queries_.data() + from * size_, end - from,
                        clip_.branches_[part].scores.data(), clip_.normed_.data() + from * size_);
        }
    }

    void run_layer(const DecoderLayer& layer, std::size_t index) {
        // What goes into the first layer is the same in both branches, until its first film.
        const std::size_t branches = index == 0 ? 1 : 2;
        prepare(layer.norm1);
        multiply(layer.self.query, clip_.rotated_, clip_.queries_, branches);
        multiply(layer.self.key, clip_.rotated_, clip_.keys_, branches);
        multiply(layer.self.value, clip_.normed_, clip_.values_, branches);
        together_.arrive_and_wait();
        if (branches == 1) {
            attend_to_first_frames();
        } else {
            attend_to_frames();
        }
        together_.arrive_and_wait();
        multiply(layer.self.out, clip_.normed_, clip_.queries_, branches);
        modulate(3 * index, branches);

        prepare(layer.norm2);
        multiply(layer.cross.query, clip_.rotated_, clip_.queries_);
        together_.arrive_and_wait();
        const Schedule::Tokens& tokens = clip_.schedule_.tokens[index];
        const std::size_t at = step_ * time_token_count * size_;
        each_branch([&](std::size_t branch) {
            AttentionMemory& memory = clip_.branches_[branch].memories[index];
            memory.set(frames_, time_token_count, tokens.keys.data() + at,
                       tokens.values.data() + at);
            attend(memory, branch);
        });
        together_.arrive_and_wait();
        multiply(layer.cross.out, clip_.normed_, clip_.queries_);
        modulate(3 * index + 1);

        prepare(layer.norm3);
        multiply(layer.widen, clip_.normed_, clip_.wide_);
        together_.arrive_and_wait();
        each_branch([&](std::size_t branch) {
            kernels_.gelu(of_branch(clip_.wide_, branch), clip_.wide_.size() / 2);
        });
        together_.arrive_and_wait();
        multiply(layer.narrow, clip_.wide_, clip_.queries_);
        modulate(3 * index + 2);
    }

    MotionClip& clip_;
    const MotionNetwork& network_;
    const VectorKernels& kernels_;
    Meeting& together_;
    std::size_t step_;
    std::size_t number_;
    std::size_t members_;
    std::size_t frames_;
    std::size_t size_;
};

void MotionClip::predict(std::size_t step, std::span<const float> x, std::span<float> start) {
    if (step >= schedule_.times.size() || x.size() != network_.frames_ * network_.motion_ ||
        start.size() != x.size()) {
        throw Error(ErrorCode::internal, {}, "sizes of a step of motion");
    }
    const std::size_t members = threads_ < 2 ? 1 : 2;
    Meeting together(members);
    const auto work = [&](std::size_t number) {
        Member(*this, step, together, number, members).run(x, start);
    };
    std::jthread helper;
    if (members > 1) helper = std::jthread(work, 1);
    work(0);
}

}  // namespace ditto::denoiser
