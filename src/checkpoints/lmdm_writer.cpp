#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "base/error.h"
#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

constexpr std::int64_t frames = 80;
constexpr std::int64_t time_tokens = 2;
constexpr std::int64_t motion = 265;
constexpr std::int64_t heads = 8;
constexpr int diffusion_steps = 1000;
constexpr float guidance_weight = 2;
constexpr float norm_eps = 1e-5F;

/// Cumulative products of 1 - beta of the cosine schedule (Nichol and Dhariwal, 2021), rounded to
/// float where the reference rounds: the small steps are differences of nearly equal numbers.
std::vector<float> cumulative_alphas() {
    constexpr double offset = 8e-3;
    const auto level = [](int step) {
        const double time = (static_cast<double>(step) / diffusion_steps + offset) / (1 + offset);
        const double cosine = std::cos(time * std::numbers::pi / 2);
        return cosine * cosine;
    };
    std::vector<float> result;
    double product = 1;
    const double first = level(0);
    for (int step = 0; step < diffusion_steps; ++step) {
        const double ratio = (level(step + 1) / first) / (level(step) / first);
        const auto beta = static_cast<float>(std::clamp(1 - ratio, 0.0, 0.999));
        product *= 1.0F - beta;
        result.push_back(static_cast<float>(product));
    }
    return result;
}

/// One value of a table for each step, picked by `time`: (1,1,1).
Value at_time(NetworkBuilder& net, const Value& time, float (*function)(float)) {
    std::vector<float> table;
    for (const float alpha : cumulative_alphas())
        table.push_back(function(alpha));
    const Value values = net.graph.floats(table, {diffusion_steps});
    return net.reshape(net.graph.node("Gather", {values, time}), {1, 1, 1});
}

/// The parts of the network; D is the latent size, B the batch (2 for both guidance branches).
class Lmdm {
  public:
    Lmdm(NetworkBuilder& net, const LmdmSizes& sizes) : net_(net), sizes_(sizes) {
        std::vector<float> frequencies;
        const auto size = static_cast<float>(sizes.latent);
        for (std::int64_t i = 0; i < sizes.latent; i += 2)
            frequencies.push_back(1 / std::pow(10000.0F, static_cast<float>(i) / size));
        frequencies_ = net.weight("rotary.freqs", {sizes.latent / 2}, Init::given(frequencies));
    }

    /// (1,80,audio) -> (1,80,D).
    Value condition_tokens(const Value& condition) {
        Value x = net_.linear(condition, "cond_projection", sizes_.audio, sizes_.latent);
        for (std::int64_t i = 0; i < sizes_.encoder_layers; ++i) {
            const std::string name = "cond_encoder." + std::to_string(i);
            const Value h = norm(x, name + ".norm1");
            const Value rotated = rotate(h, frames);
            x = net_.add(x, attend(rotated, rotated, h, name + ".self_attn"));
            x = net_.add(x, feed_forward(norm(x, name + ".norm2"), name));
        }
        return x;
    }

    /// (1,80,D) -> (1,D), one summary of the condition.
    Value condition_summary(const Value& tokens) {
        const std::string name = "non_attn_cond_projection.";
        Value x = net_.graph.node("ReduceMean", {tokens, net_.graph.ints({-2})}, {{"keepdims", 0}});
        x = norm(x, name + "0");
        x = net_.silu(net_.linear(x, name + "1", sizes_.latent, sizes_.latent));
        return net_.linear(x, name + "3", sizes_.latent, sizes_.latent);
    }

    /// (1) int64 -> (1,4D).
    Value time_embedding(const Value& time) {
        const std::int64_t half = sizes_.latent / 2;
        const auto step = static_cast<float>(-(std::log(10000.0) / static_cast<double>(half - 1)));
        std::vector<float> frequencies;
        for (std::int64_t i = 0; i < half; ++i)
            frequencies.push_back(std::exp(static_cast<float>(i) * step));
        const Value seconds = net_.graph.node("Cast", {net_.reshape(time, {1, 1})}, {{"to", 1}});
        const Value angles = net_.mul(seconds, net_.graph.floats(frequencies, {1, half}));
        const Value waves =
            net_.concat({net_.graph.node("Sin", {angles}), net_.graph.node("Cos", {angles})}, 1);
        return net_.mish(net_.linear(waves, "time_mlp.1", sizes_.latent, 4 * sizes_.latent));
    }

    /// x (B,80,D), memory (B,82,D), time (B,D) -> (B,80,D).
    Value decoder_layer(Value x, const Value& memory, const Value& rotated_memory,
                        const Value& time, const std::string& name) {
        Value h = norm(x, name + ".norm1");
        Value rotated = rotate(h, frames);
        h = attend(rotated, rotated, h, name + ".self_attn");
        x = net_.add(x, film(h, time, name + ".film1"));
        rotated = rotate(norm(x, name + ".norm2"), frames);
        h = attend(rotated, rotated_memory, memory, name + ".multihead_attn");
        x = net_.add(x, film(h, time, name + ".film2"));
        h = feed_forward(norm(x, name + ".norm3"), name);
        return net_.add(x, film(h, time, name + ".film3"));
    }

    /// Rotary position embedding (Su et al., 2021) over all D values, pairs side by side. (B,T,D).
    Value rotate(const Value& x, std::int64_t count) {
        const auto& [cosine, sine] = rotation(count);
        const std::int64_t half = sizes_.latent / 2;
        const auto pair = net_.graph.nodes("Split", {net_.reshape(x, {0, count, half, 2})},
                                           {{"axis", 3}, {"num_outputs", 2}}, 2);
        const Value first = net_.sub(net_.mul(pair[0], cosine), net_.mul(pair[1], sine));
        const Value second = net_.add(net_.mul(pair[1], cosine), net_.mul(pair[0], sine));
        return net_.reshape(net_.concat({first, second}, 3), {0, count, sizes_.latent});
    }

    Value norm(const Value& x, const std::string& name) {
        return net_.layer_norm(x, name, sizes_.latent, norm_eps);
    }

  private:
    /// Cosine and sine of position x frequency, (count,D/2,1) each.
    const std::array<Value, 2>& rotation(std::int64_t count) {
        auto& known = rotations_[count];
        if (known[0].empty()) {
            std::vector<float> positions;
            for (std::int64_t i = 0; i < count; ++i)
                positions.push_back(static_cast<float>(i));
            const Value angles = net_.mul(net_.graph.floats(positions, {count, 1, 1}),
                                          net_.reshape(frequencies_, {1, sizes_.latent / 2, 1}));
            known = {net_.graph.node("Cos", {angles}), net_.graph.node("Sin", {angles})};
        }
        return known;
    }

    /// torch.nn.MultiheadAttention: one matrix holds the projections of q, k and v.
    Value attend(const Value& q, const Value& k, const Value& v, const std::string& name) {
        const std::int64_t size = sizes_.latent;
        const Value weight =
            net_.weight(name + ".in_proj_weight", {3 * size, size}, Init::weight());
        const Value bias = net_.weight(name + ".in_proj_bias", {3 * size}, Init::around(0, 0.02));
        const Attributes three{{"axis", 0}, {"num_outputs", 3}};
        const auto weights = net_.graph.nodes("Split", {weight}, three, 3);
        const auto biases = net_.graph.nodes("Split", {bias}, three, 3);
        std::array<Value, 3> projected{q, k, v};
        for (std::size_t i = 0; i < 3; ++i) {
            const Value transposed = net_.transpose(weights[i], {1, 0});
            projected[i] =
                net_.add(net_.graph.node("MatMul", {projected[i], transposed}), biases[i]);
        }
        const Value mixed = net_.attention(projected[0], projected[1], projected[2], heads, size);
        return net_.linear(mixed, name + ".out_proj", size, size);
    }

    Value feed_forward(const Value& x, const std::string& name) {
        const Value inner =
            net_.gelu(net_.linear(x, name + ".linear1", sizes_.latent, sizes_.feed_forward, 1.4));
        return net_.linear(inner, name + ".linear2", sizes_.feed_forward, sizes_.latent);
    }

    /// Feature-wise linear modulation (Perez et al., 2018): x (B,T,D) scaled and shifted by time.
    Value film(const Value& x, const Value& time, const std::string& name) {
        const std::int64_t size = sizes_.latent;
        const Value both = net_.linear(net_.mish(time), name + ".block.1", size, 2 * size, 0.3);
        const auto parts = net_.graph.nodes("Split", {net_.reshape(both, {0, 1, 2 * size})},
                                            {{"axis", 2}, {"num_outputs", 2}}, 2);
        return net_.add(net_.mul(net_.add(parts[0], net_.graph.scalar(1)), x), parts[1]);
    }

    NetworkBuilder& net_;
    LmdmSizes sizes_;
    Value frequencies_;
    std::map<std::int64_t, std::array<Value, 2>> rotations_;
};

/// x with the motion before it beside every frame: (1,80,530).
Value with_last_motion(NetworkBuilder& net, const Value& x, const Value& last) {
    const Value repeated = net.graph.node(
        "Expand", {net.reshape(last, {1, 1, motion}), net.graph.ints({1, frames, motion})});
    return net.concat({x, repeated}, 2);
}

/// The same for both branches of guidance.
Value twice(NetworkBuilder& net, const Value& x, std::int64_t rows, std::int64_t size) {
    return net.graph.node("Expand", {x, net.graph.ints({2, rows, size})});
}

/// Both branches in one batch: without the condition first, then with it. -> (2,80,265)
Value predict(NetworkBuilder& net, const LmdmSizes& sizes, const Value& x, const Value& last,
              const Value& condition, const Value& time) {
    Lmdm lmdm(net, sizes);
    const std::int64_t size = sizes.latent;
    const Value tokens = lmdm.condition_tokens(condition);
    const Value summary = lmdm.condition_summary(tokens);
    const Value no_tokens = net.weight("null_cond_embed", {1, frames, size}, Init::around(0, 1.0));
    const Value no_summary = net.weight("null_cond_hidden", {1, size}, Init::around(0, 1.0));

    const Value embedding = lmdm.time_embedding(time);
    const Value time_vector = net.add(net.linear(embedding, "to_time_cond.0", 4 * size, size),
                                      net.concat({no_summary, summary}, 0));
    const Value time_rows =
        net.reshape(net.linear(embedding, "to_time_tokens.0", 4 * size, time_tokens * size),
                    {1, time_tokens, size});
    const Value memory = lmdm.norm(
        net.concat({net.concat({no_tokens, tokens}, 0), twice(net, time_rows, time_tokens, size)},
                   1),
        "norm_cond");
    const Value rotated_memory = lmdm.rotate(memory, frames + time_tokens);

    Value y = net.linear(with_last_motion(net, x, last), "input_projection", 2 * motion, size);
    y = twice(net, y, frames, size);
    for (std::int64_t i = 0; i < sizes.decoder_layers; ++i) {
        y = lmdm.decoder_layer(y, memory, rotated_memory, time_vector,
                               "seqTransDecoder.stack." + std::to_string(i));
    }
    return net.linear(y, "final_layer", size, motion, 0.03, Init::around(0, 0.01));
}

}  // namespace

LmdmSizes LmdmSizes::from(const StateDict& state) {
    LmdmSizes sizes{state.size("cond_projection.weight", 1),
                    state.size("cond_projection.weight", 0),
                    state.size("cond_encoder.0.linear1.weight", 0),
                    state.count("cond_encoder.", ".norm1.weight"),
                    state.count("seqTransDecoder.stack.", ".norm1.weight")};
    if (sizes.latent % heads != 0) {
        throw Error(ErrorCode::model_mismatch,
                    {{"path", state.path}, {"what", "eight attention heads do not fit"}});
    }
    return sizes;
}

void write_lmdm(NetworkBuilder& net, const LmdmSizes& sizes) {
    const Shape motion_shape{1, frames, motion};
    const Value x = net.graph.input("x", DataType::f32, motion_shape);
    const Value last = net.graph.input("cond_frame", DataType::f32, {1, motion});
    const Value condition = net.graph.input("cond", DataType::f32, {1, frames, sizes.audio});
    const Value time = net.graph.input("time_cond", DataType::i64, {1});

    const auto branches = net.graph.nodes("Split", {predict(net, sizes, x, last, condition, time)},
                                          {{"axis", 0}, {"num_outputs", 2}}, 2);
    const Value difference = net.sub(branches[1], branches[0]);
    const Value start =
        net.add(branches[0], net.mul(difference, net.graph.scalar(guidance_weight)));
    const Value a = at_time(net, time, [](float alpha) { return std::sqrt(1 / (1 - alpha)); });
    const Value b = at_time(net, time, [](float alpha) { return std::sqrt(1 / alpha - 1); });
    const Value noise = net.sub(net.mul(a, x), net.graph.node("Div", {start, b}));
    net.graph.output("pred_noise", noise, DataType::f32, motion_shape);
    net.graph.output("x_start", start, DataType::f32, motion_shape);
}

}  // namespace ditto::checkpoints
