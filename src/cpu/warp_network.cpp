#include "cpu/warp_network.h"

#include <algorithm>
#include <cmath>

#include "cpu/motion_field.h"
#include "cpu/planes.h"

namespace ditto::cpu {
namespace {

constexpr int channels = 32;
constexpr int depth = 16;
constexpr int side = 64;
constexpr int result_channels = 256;
constexpr float slope = 0.01F;

std::size_t size(int value) {
    return static_cast<std::size_t>(value);
}

Tilings tilings(const ConvShape& weights, Tiling of_three) {
    if (weights.kernel == 1) return {};
    return {of_three, weights.volume ? Tiling::f2x3 : Tiling::point};
}

/// First `a`, then `b` channels, each padded.
ChannelOrder two_orders(int a, int b) {
    ChannelOrder order = padded_order(a);
    if (a == 0) order.clear();
    for (const int channel : padded_order(b))
        order.push_back(channel < 0 ? -1 : a + channel);
    return order;
}

/// The weights of one depth of a convolution whose channels are [channel][depth], each tap a
/// channel of the result.
ConvSource taps_of_depth(const ConvSource& all, int z) {
    const int taps = all.kernel * all.kernel;
    const ConvShape shape{taps, all.in / depth, 1, false};
    return {shape, [=] {
                const ConvWeights from = all.weights();
                ConvWeights one{shape, {}, {}};
                for (int tap = 0; tap < taps; ++tap) {
                    for (int c = 0; c < one.in; ++c)
                        one.values.push_back(from.values[size((c * depth + z) * taps + tap)]);
                }
                return one;
            }};
}

void halve(Pool& pool, const Map& from, const Map& to, int count) {
    pool.run(to.depth * to.height, [&](int zy, int) {
        const int z = zy / to.height, y = zy % to.height;
        for (int x = 0; x < to.width; ++x) {
            const float* a = from.at(z, 2 * y, 2 * x);
            const float* b = from.at(z, 2 * y + 1, 2 * x);
            float* place = to.at(z, y, x);
            for (int c = 0; c < count; ++c) {
                place[c] = (a[c] + a[from.channels + c] + b[c] + b[from.channels + c]) / 4;
            }
        }
    });
}

}  // namespace

class WarpNetwork::Reader {
  public:
    Reader(Packer& packer, const OnnxConvs& convs) : packer_(packer), convs_(convs) {}

    ConvSource take(int in, bool volume, int largest_kernel) {
        ConvSource source = convs_.source(next_++);
        if (source.in != in || source.volume != volume || source.kernel > largest_kernel) {
            throw Unknown("convolution " + std::to_string(next_ - 1));
        }
        return source;
    }
    Conv conv(const ConvSource& source, Tiling tiling) {
        return Conv(packer_, source, tilings(source, tiling));
    }

    /// Encoder and decoder of the hourglass; gives the channels at its end, before the last
    /// convolution.
    int hourglass(int features, std::size_t blocks, std::vector<Level>& levels) {
        std::vector<int> skips{features};
        levels.resize(blocks);
        for (std::size_t i = 0; i < blocks; ++i) {
            const ConvSource down = take(skips.back(), true, 3);
            // Small maps have few tiles, and Winograd's weights for large ones fill memory.
            const bool small = side >> i < 16;
            levels[i].down = conv(down, small ? Tiling::f2x3 : Tiling::f4x3);
            levels[i].skip = skips.back();
            skips.push_back(down.out);
        }
        int above = 0, skip = skips.back();
        for (std::size_t i = blocks; i-- > 0;) {
            const ConvSource up = take(above + skip, true, 3);
            levels[i].up = Conv(packer_, up, tilings(up, Tiling::twice), padded_order(up.out),
                                two_orders(above, skip));
            above = levels[i].above = up.out;
            skip = levels[i].skip;
        }
        return above + skip;
    }

    bool done() const { return next_ == convs_.count(); }

  private:
    Packer& packer_;
    const OnnxConvs& convs_;
    std::size_t next_ = 0;
};

WarpNetwork::WarpNetwork(Packer& packer, std::string_view model) {
    const OnnxConvs convs(model);
    constexpr std::size_t others = 6;  // besides the hourglass' blocks, two convolutions each
    if (convs.count() < others || convs.count() % 2 != 0 || convs.count() > others + 2 * 6 ||
        convs.nodes("Sigmoid") != 1 ||
        convs.nodes("AveragePool") != static_cast<int>((convs.count() - others) / 2)) {
        throw Unknown("no warp network");
    }
    convs.require("LeakyRelu", "alpha", double{slope});
    Reader reader(packer, convs);
    const ConvSource compress = reader.take(channels, true, 1);
    compress_ = reader.conv(compress, Tiling::point);
    compressed_ = compress.out;
    const int features = motions * (1 + compressed_);
    const int width = reader.hourglass(features, (convs.count() - others) / 2, levels_);

    const ConvSource last = reader.take(width, true, 3);
    if (last.out != width) throw Unknown("the hourglass' end");
    last_ = Conv(packer, last, tilings(last, Tiling::f4x3), padded_order(width),
                 two_orders(width - features, features));
    const ConvSource mask = reader.take(width, true, 9);
    if (mask.out != motions) throw Unknown("the mask");
    mask_is_large_ = mask.kernel > 3;
    if (mask_is_large_) {
        large_mask_ = FourierConv(packer, mask);
    } else {
        mask_ = reader.conv(mask, Tiling::f4x3);
    }
    const ConvSource occlusion = reader.take(width * depth, false, 9);
    if (occlusion.out != 1) throw Unknown("the occlusion");
    occlusion_kernel_ = occlusion.kernel;
    occlusion_bias_ = packer.pack(lane_channels, [&](float* to) {
        const std::vector<float> bias = occlusion.weights().bias;
        std::fill_n(to, lane_channels, bias.empty() ? 0 : bias[0]);
    });
    for (int z = 0; z < depth; ++z)
        occlusion_.push_back(reader.conv(taps_of_depth(occlusion, z), Tiling::point));

    const ConvSource flattened = reader.take(channels * depth, false, 3);
    ChannelOrder order;  // deform() has the depths outside
    for (int i = 0; i < channels * depth; ++i)
        order.push_back(i % channels * depth + i / channels);
    flattened_ = Conv(packer, flattened, tilings(flattened, Tiling::f4x3),
                      padded_order(flattened.out), order);
    const ConvSource result = reader.take(flattened.out, false, 1);
    if (result.out != result_channels || !reader.done()) throw Unknown("the warp network's end");
    result_ = reader.conv(result, Tiling::point);
}

/// The hourglass over what the motions alone would make.
OwnMap WarpNetwork::predict(Workshop& shop, const Map& volume, const float* source,
                            const float* driving) const {
    OwnMap compressed(shop.arena, depth, side, side, compress_.outputs());
    compress_.run(shop, volume, {.to = compressed, .slope = 0});

    // Results of `up` and the skip of a level stand side by side.
    std::vector<OwnMap> maps;
    std::vector<int> skip_at;
    const auto padded = [](int count) { return count == 0 ? 0 : padded_channels(count); };
    const auto add_map = [&](std::size_t level, int above, int skip) {
        const int length = side >> level;
        maps.emplace_back(shop.arena, depth, length, length, padded(above) + padded(skip));
        skip_at.push_back(padded(above));
    };
    for (std::size_t i = 0; i < levels_.size(); ++i)
        add_map(i, levels_[i].above, levels_[i].skip);
    const int features = motions * (1 + compressed_);
    add_map(levels_.size(), 0, levels_.empty() ? features : levels_.back().down.outputs());
    sparse_motions(shop.pool, compressed, compressed_, source, driving,
                   maps[0].from_channel(skip_at[0]));

    for (std::size_t i = 0; i < levels_.size(); ++i) {
        const Conv& down = levels_[i].down;
        OwnMap full(shop.arena, depth, maps[i].height, maps[i].width, down.outputs());
        down.run(shop, maps[i].from_channel(skip_at[i]), {.to = full, .slope = 0});
        halve(shop.pool, full, maps[i + 1].from_channel(skip_at[i + 1]), down.outputs());
    }
    for (std::size_t i = levels_.size(); i-- > 0;) {
        const Conv& up = levels_[i].up;
        const Map below = up.points() ? maps[i + 1].enlarged(1) : Map(maps[i + 1]);
        up.run(shop, below, {.to = maps[i], .slope = 0});
    }
    OwnMap prediction(shop.arena, depth, side, side, last_.outputs());
    last_.run(shop, maps[0], {.to = prediction, .slope = 0});
    return prediction;
}

/// The mask before its softmax.
OwnMap WarpNetwork::weigh(Workshop& shop, const Map& prediction) const {
    OwnMap logits(shop.arena, depth, side, side, padded_channels(motions));
    if (mask_is_large_) {
        large_mask_.run(shop, prediction, logits);
    } else {
        mask_.run(shop, prediction, {.to = logits});
    }
    return logits;
}

/// How much of every place is seen, 0..1.
std::vector<float> WarpNetwork::show(Workshop& shop, const Map& prediction) const {
    OwnMap taps(shop.arena, 1, side, side, occlusion_.front().outputs());
    std::fill_n(taps.data, taps.count(), 0.F);
    for (int z = 0; z < depth; ++z) {
        Map slice = prediction;
        slice.depth = 1;
        slice.data = prediction.at(z, 0, 0);
        occlusion_[size(z)].run(shop, slice, {.to = taps, .add = &taps});
    }
    std::vector<float> seen(side * side);
    const int kernel = occlusion_kernel_, before = kernel / 2;
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            float sum = occlusion_bias_[0];
            for (int tap = 0; tap < kernel * kernel; ++tap) {
                const float* from =
                    taps.at(0, y + tap / kernel - before, x + tap % kernel - before);
                if (from != nullptr) sum += from[tap];
            }
            seen[size(y * side + x)] = 1 / (1 + std::exp(-sum));
        }
    }
    return seen;
}

void WarpNetwork::run(Workshop& shop, const float* volume, const float* source,
                      const float* driving, float* feature) const {
    OwnMap appearance(shop.arena, depth, side, side, channels);
    channels_last(shop.pool, volume, channels, appearance);
    OwnMap moved(shop.arena, 1, side, side, depth * channels);
    std::vector<float> seen;
    {
        const OwnMap prediction = predict(shop, appearance, source, driving);
        seen = show(shop, prediction);
        deform(shop.pool, appearance, weigh(shop, prediction), source, driving, moved);
    }
    OwnMap flattened(shop.arena, 1, side, side, flattened_.outputs());
    flattened_.run(shop, moved, {.to = flattened, .slope = slope});
    OwnMap result(shop.arena, 1, side, side, result_.outputs());
    result_.run(shop, flattened, {.to = result});
    shop.pool.run(result_channels, [&](int c, int) {
        for (int i = 0; i < side * side; ++i) {
            feature[c * side * side + i] =
                result.data[std::ptrdiff_t{i} * result.channels + c] * seen[size(i)];
        }
    });
}

}  // namespace ditto::cpu
