#include "cpu/decoder.h"

#include <cmath>

#include "cpu/planes.h"

namespace ditto::cpu {
namespace {

constexpr int side = 64;
constexpr int label_channels = 256;
constexpr float slope = 0.2F;
constexpr int middle_blocks = 6;

std::size_t size(int value) {
    return static_cast<std::size_t>(value);
}

/// Factors and summands of the same channels next to each other, half a chunk each.
ChannelOrder pairs(int channels, int half) {
    ChannelOrder order;
    const int padded = padded_channels(channels);
    for (int from = 0; from < padded; from += half) {
        for (const int first : {0, channels}) {
            for (int c = from; c < std::min(from + half, padded); ++c)
                order.push_back(c < channels ? first + c : -1);
        }
    }
    return order;
}

/// One convolution that makes the results of several.
ConvSource joined(const std::vector<ConvSource>& parts) {
    ConvShape shape = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i)
        shape.out += parts[i].out;
    return {shape, [shape, parts] {
                ConvWeights all{shape, {}, {}};
                for (const ConvSource& part : parts) {
                    const ConvWeights one = part.weights();
                    all.values.insert(all.values.end(), one.values.begin(), one.values.end());
                    all.bias.insert(all.bias.end(), one.bias.begin(), one.bias.end());
                }
                return all;
            }};
}

/// `outer`, of one tap, after `inner`.
ConvWeights composed(const ConvWeights& outer, const ConvWeights& inner) {
    ConvWeights all{{outer.out, inner.in, inner.kernel, inner.volume}, {}, {}};
    const std::size_t row = inner.values.size() / size(inner.out);
    std::vector<double> sums(row);
    for (int o = 0; o < outer.out; ++o) {
        std::fill(sums.begin(), sums.end(), 0);
        double bias = outer.bias.empty() ? 0 : double{outer.bias[size(o)]};
        for (int m = 0; m < inner.out; ++m) {
            const double factor = outer.values[size(o) * size(outer.in) + size(m)];
            const float* from = inner.values.data() + size(m) * row;
            for (std::size_t i = 0; i < row; ++i)
                sums[i] += factor * from[i];
            bias += factor * inner.bias[size(m)];
        }
        all.values.insert(all.values.end(), sums.begin(), sums.end());
        all.bias.push_back(static_cast<float>(bias));
    }
    return all;
}
ConvSource composed(const ConvSource& outer, const ConvSource& inner) {
    return {{outer.out, inner.in, inner.kernel, inner.volume},
            [outer, inner] { return composed(outer.weights(), inner.weights()); }};
}

Tilings tilings(int kernel, Tiling of_three) {
    return {kernel == 1 ? Tiling::point : of_three, Tiling::point};
}

}  // namespace

/// Takes the convolutions in the order of the graph, which is that of the network's definition.
class Decoder::Reader {
  public:
    Reader(Packer& packer, const OnnxConvs& convs) : packer_(packer), convs_(convs) {}

    ConvSource take(int in, int kernel) {
        ConvSource source = convs_.source(next_++);
        if (source.volume || source.in != in || (kernel > 0 && source.kernel != kernel) ||
            (source.kernel != 1 && source.kernel != 3)) {
            throw Unknown("convolution " + std::to_string(next_ - 1));
        }
        source.weights = [weights = std::move(source.weights)] {
            ConvWeights with_bias = weights();
            with_bias.bias.resize(size(with_bias.out));
            return with_bias;
        };
        return source;
    }
    Conv conv(const ConvSource& source) {
        return Conv(packer_, source, tilings(source.kernel, Tiling::f4x3));
    }

    /// shared, gamma and beta; `shift`: how far the feature is enlarged for this norm.
    Norm norm(int channels, int shift, std::vector<ConvSource>* shared, ConvSource* beta_alone) {
        Norm norm;
        const ConvSource first = take(label_channels, 0);
        if (shared != nullptr) {
            norm.channel = static_cast<int>(shared->size()) * padded_channels(first.out);
            shared->push_back(first);
        } else {
            const Tiling tiling = shift == 1 ? Tiling::twice : Tiling::fourth;
            norm.shared = Conv(packer_, first, tilings(first.kernel, tiling));
        }
        ConvSource gamma = take(first.out, 3), beta = take(first.out, 3);
        if (gamma.out != channels || beta.out != channels) throw Unknown("channels of a norm");
        gamma.weights = [weights = std::move(gamma.weights)] {
            ConvWeights factors = weights();
            for (float& value : factors.bias)
                value += 1;
            return factors;
        };
        if (beta_alone != nullptr) {
            norm.scale_shift = conv(gamma);
            *beta_alone = std::move(beta);
            return norm;
        }
        constexpr int half = 64;
        norm.scale_shift = Conv(packer_, joined({gamma, beta}), tilings(3, Tiling::f4x3),
                                pairs(channels, half), padded_order(first.out), 2 * half);
        return norm;
    }

    Block block(int in, int shift, std::vector<ConvSource>* shared, int& out) {
        Block block;
        ConvSource conv_s;
        if (shared == nullptr) {
            ConvSource beta;
            block.norm_s = norm(in, shift, nullptr, &beta);
            conv_s = take(in, 1);
            block.conv_s = conv(conv_s);
            block.shifted_s = conv(composed(conv_s, beta));
        }
        block.norm_0 = norm(in, shift, shared, nullptr);
        const ConvSource conv_0 = take(in, 3);
        block.conv_0 = conv(conv_0);
        block.norm_1 = norm(conv_0.out, shift, shared, nullptr);
        const ConvSource conv_1 = take(conv_0.out, 3);
        block.conv_1 = conv(conv_1);
        out = conv_1.out;
        if (out != (shared == nullptr ? conv_s.out : in)) throw Unknown("channels of a block");
        return block;
    }

    bool done() const { return next_ == convs_.count(); }

  private:
    Packer& packer_;
    const OnnxConvs& convs_;
    std::size_t next_ = 0;
};

Decoder::Decoder(Packer& packer, std::string_view model) {
    const OnnxConvs convs(model);
    constexpr int convolutions = 2 + middle_blocks * 8 + 2 * 12;
    constexpr int norms = middle_blocks * 2 + 2 * 3;
    if (convs.count() != convolutions || convs.nodes("InstanceNormalization") != norms ||
        convs.nodes("Sigmoid") != 1) {
        throw Unknown("no decoder");
    }
    convs.require("LeakyRelu", "alpha", double{slope});
    convs.require("InstanceNormalization", "epsilon", 1e-5);
    Reader reader(packer, convs);
    const ConvSource fc = reader.take(label_channels, 3);
    fc_ = reader.conv(fc);
    int channels = fc.out;
    std::vector<ConvSource> shared;
    for (int i = 0; i < middle_blocks; ++i)
        blocks_.push_back(reader.block(channels, 0, &shared, channels));
    const int most = channels;
    for (int shift = 1; shift <= 2; ++shift)
        blocks_.push_back(reader.block(channels, shift, nullptr, channels));
    const ConvSource last = reader.take(channels, 3);
    if (last.out != 12 || !reader.done()) throw Unknown("the decoder's end");
    picture_ = reader.conv(last);

    ChannelOrder order;
    int first = 0;
    for (const ConvSource& one : shared) {
        if (one.kernel != shared.front().kernel) throw Unknown("kernels of the middle blocks");
        for (const int channel : padded_order(one.out))
            order.push_back(channel < 0 ? -1 : first + channel);
        first += one.out;
    }
    shared_ = Conv(packer, joined(shared), tilings(shared.front().kernel, Tiling::f4x3), order,
                   padded_order(label_channels));
    norm_scale_ = Floats(size(padded_channels(most)));
    norm_shift_ = Floats(size(padded_channels(most)));
}

/// Instance norm of x (its values repeated or not), scaled and shifted by what `conv` makes.
void Decoder::norm(Workshop& shop, const Conv& conv, const Map& hidden, const Map& x, const Map& to,
                   float negative_slope, bool shifts) {
    conv.run(shop, hidden,
             {.to = to,
              .slope = negative_slope,
              .scaled = &x,
              .norm_scale = norm_scale_.data(),
              .norm_shift = norm_shift_.data(),
              .shifts = shifts});
}

void Decoder::run(Workshop& shop, const float* feature, float* picture) {
    OwnMap label(shop.arena, 1, side, side, label_channels);
    channels_last(shop.pool, feature, label_channels, label);
    OwnMap x(shop.arena, 1, side, side, fc_.outputs());
    fc_.run(shop, label, {.to = x});
    {
        OwnMap hidden(shop.arena, 1, side, side, shared_.outputs());
        shared_.run(shop, label, {.to = hidden, .slope = 0});
        OwnMap normed(shop.arena, 1, side, side, x.channels),
            between(shop.arena, 1, side, side, x.channels);
        for (int i = 0; i < middle_blocks; ++i) {
            const Block& block = blocks_[size(i)];
            instance_norm(shop, x, norm_scale_.data(), norm_shift_.data());
            norm(shop, block.norm_0.scale_shift, hidden.from_channel(block.norm_0.channel), x,
                 normed, slope, true);
            block.conv_0.run(shop, normed, {.to = between});
            instance_norm(shop, between, norm_scale_.data(), norm_shift_.data());
            norm(shop, block.norm_1.scale_shift, hidden.from_channel(block.norm_1.channel), between,
                 normed, slope, true);
            block.conv_1.run(shop, normed, {.to = x, .add = &x});
        }
    }
    const OwnMap first = enlarge(shop, blocks_[middle_blocks], x, label, 1, 1);
    const OwnMap second = enlarge(shop, blocks_[middle_blocks + 1], first, label, 2, slope);

    OwnMap quads(shop.arena, 1, second.height, second.width, picture_.outputs());
    picture_.run(shop, second, {.to = quads});
    // Four values for each colour become 2x2 pixels.
    shop.pool.run(quads.height, [&](int y, int) {
        const int width = 2 * quads.width;
        for (int x2 = 0; x2 < quads.width; ++x2) {
            const float* from = quads.at(0, y, x2);
            for (int i = 0; i < 12; ++i) {
                const int row = i / 4 * 2 * quads.height + 2 * y + i / 2 % 2;
                picture[std::ptrdiff_t{row} * width + 2 * x2 + i % 2] =
                    1 / (1 + std::exp(-from[i]));
            }
        }
    });
}

/// A block on x enlarged twice.
OwnMap Decoder::enlarge(Workshop& shop, const Block& block, const Map& x, const Map& feature,
                        int shift, float last_slope) {
    const Map large = x.enlarged(1);
    const int height = large.shown_height(), width = large.shown_width();
    OwnMap hidden(shop.arena, 1, height, width, padded_channels(block.norm_0.shared.outputs()));
    const auto hide = [&](const Norm& of) {
        const bool points = of.shared.points();
        of.shared.run(shop, points ? feature.enlarged(shift) : feature, {.to = hidden, .slope = 0});
    };
    OwnMap result(shop.arena, 1, height, width, block.conv_1.outputs());
    OwnMap normed(shop.arena, 1, height, width, x.channels);
    instance_norm(shop, x, norm_scale_.data(), norm_shift_.data());
    hide(block.norm_s);
    norm(shop, block.norm_s.scale_shift, hidden, large, normed, 1, false);
    block.shifted_s.run(shop, hidden, {.to = result});
    block.conv_s.run(shop, normed, {.to = result, .add = &result});

    hide(block.norm_0);
    norm(shop, block.norm_0.scale_shift, hidden, large, normed, slope, true);
    OwnMap between(shop.arena, 1, height, width, block.conv_0.outputs());
    block.conv_0.run(shop, normed, {.to = between});
    instance_norm(shop, between, norm_scale_.data(), norm_shift_.data());
    hide(block.norm_1);
    normed.channels = between.channels;
    norm(shop, block.norm_1.scale_shift, hidden, between, normed, slope, true);
    block.conv_1.run(shop, normed, {.to = result, .slope = last_slope, .add = &result});
    return result;
}

}  // namespace ditto::cpu
