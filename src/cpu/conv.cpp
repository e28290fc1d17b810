#include "cpu/conv.h"

#include <algorithm>

namespace ditto::cpu {
namespace {

constexpr std::size_t size(int value) {
    return static_cast<std::size_t>(value);
}

/// Of combined weights: 768 KB, most of the second cache.
constexpr int combined_floats = 3 << 16;

}  // namespace

ChannelOrder padded_order(int count) {
    ChannelOrder order(size(padded_channels(count)), -1);
    for (int i = 0; i < count; ++i)
        order[size(i)] = i;
    return order;
}

Conv::Conv(Packer& packer, const ConvSource& source, Tilings tilings, const ChannelOrder& out,
           const ChannelOrder& in, int chunk)
    : tilings_(tilings),
      out_(static_cast<int>(out.size())),
      in_(static_cast<int>(in.size())),
      volume_(source.volume),
      products_(product_count(tilings)),
      chunk_(chunk) {
    const int taps = weight_count(tilings);
    const std::size_t count = size(taps) * size(out_) * size(in_);
    weights_ = packer.pack(count + size(out_), [&](float* packed) {
        const ConvWeights weights = source.weights();
        for (int o = 0; o < out_; ++o) {
            const int from = out[size(o)];
            packed[count + size(o)] =
                from < 0 || weights.bias.empty() ? 0 : weights.bias[size(from)];
        }
        packer.pool().run(out_ / lane_channels, [&](int panel, int) {
            float* to = packed + size(panel) * size(in_) * size(taps * lane_channels);
            for (int i = 0; i < in_; ++i, to += taps * lane_channels) {
                for (int lane = 0; lane < lane_channels; ++lane) {
                    const int o = out[size(panel * lane_channels + lane)];
                    const int from = in[size(i)];
                    const std::size_t kernel = size(o) * size(weights.in) + size(from);
                    for (int tap = 0; tap < taps; ++tap) {
                        to[tap * lane_channels + lane] =
                            o < 0 || from < 0 ? 0 : weights.values[kernel * size(taps) + size(tap)];
                    }
                }
            }
        });
    });
    bias_ = weights_.get() + count;
}

/// How a run is cut into parts.
struct Conv::Plan {
    TileSize plane, depth;
    int across, down, tiles;  // tiles
    int block;                // tiles in a part
    int blocks;
    int groups;  // parts that share their tiles and each make some channels
    bool halves;
    std::ptrdiff_t entered_row, entered_stride;  // in floats

    void position(int tile, int& z, int& y, int& x) const {
        x = tile % across;
        y = tile / across % down;
        z = tile / across / down;
    }
};

void Conv::run(Workshop& shop, const Map& from, const After& after) const {
    const int threads = shop.pool.threads();
    Plan plan{};
    plan.plane = tile_size(tilings_.plane);
    plan.depth = tile_size(tilings_.depth);
    const auto tiles_of = [](int length, int step) { return (length + step - 1) / step; };
    plan.across = tiles_of(from.shown_width(), plan.plane.step);
    plan.down = tiles_of(from.shown_height(), plan.plane.step);
    plan.tiles = plan.across * plan.down * tiles_of(from.depth, plan.depth.step);

    constexpr int most_floats = 5 << 18;  // 5 MB of transformed input for a thread
    const int most = std::clamp(most_floats / (products_ * in_), 24, products_ == 1 ? 512 : 128);
    const int few = 48;
    plan.groups = plan.tiles <= few * threads ? std::min(threads, (out_ + chunk_ - 1) / chunk_) : 1;
    const int together = plan.groups == 1 ? threads : 1;
    plan.blocks = tiles_of(plan.tiles, most * together) * together;
    plan.block = tiles_of(plan.tiles, plan.blocks);
    plan.blocks = tiles_of(plan.tiles, plan.block);
    plan.halves = shop.halves && !volume_;
    // Rows a power of two apart would share few places of the cache.
    plan.entered_row = (plan.halves ? in_ / 2 : in_) + lane_channels;
    plan.entered_stride = plan.entered_row * plan.block + lane_channels;
    shop.pool.run(plan.blocks * plan.groups,
                  [&](int part, int thread) { run_part(shop, from, after, plan, part, thread); });
}

void Conv::run_part(Workshop& shop, const Map& from, const After& after, const Plan& plan, int part,
                    int thread) const {
    Workshop::Bench& bench = shop.benches[size(thread)];
    const int first = part / plan.groups * plan.block;
    const int tiles = std::min(plan.block, plan.tiles - first);
    const std::size_t most = size(std::min(chunk_, out_));
    float* entered = bench.entered.at_least(size(products_) * size(int(plan.entered_stride)));
    bench.products.at_least(size(products_) * (size(plan.block) * most + lane_channels));
    bench.left.at_least(max_outputs * most + size(in_));

    // Zeros stand beyond the edges.
    float* nothing = bench.left.data() + max_outputs * most;
    std::fill_n(nothing, in_, 0.F);
    const float* taps[max_taps];
    for (int t = 0; t < tiles; ++t) {
        int z0 = 0, y0 = 0, x0 = 0;
        plan.position(first + t, z0, y0, x0);
        const float** tap = taps;
        for (int z = 0; z < plan.depth.taps; ++z) {
            for (int y = 0; y < plan.plane.taps; ++y) {
                for (int x = 0; x < plan.plane.taps; ++x) {
                    const float* at = from.at(z0 * plan.depth.step - plan.depth.before + z,
                                              y0 * plan.plane.step - plan.plane.before + y,
                                              x0 * plan.plane.step - plan.plane.before + x);
                    *tap++ = at == nullptr ? nothing : at;
                }
            }
        }
        float* to = entered + t * plan.entered_row;
        if (plan.halves) {
            shop.kernels.enter_halves(tilings_.plane, taps, in_, to, plan.entered_stride);
        } else {
            shop.kernels.enter(tilings_, taps, in_, to, plan.entered_stride);
        }
    }

    const int chunks = (out_ + chunk_ - 1) / chunk_;
    for (int chunk = part % plan.groups; chunk < chunks; chunk += plan.groups) {
        const int channel = chunk * chunk_;
        const int count = std::min(chunk_, out_ - channel);
        const std::ptrdiff_t stride = std::ptrdiff_t{plan.block} * count + lane_channels;
        for (int at = 0; at < count; at += panels_together * lane_channels) {
            multiply(shop, plan, tiles, channel + at,
                     std::min(panels_together, (count - at) / lane_channels), entered, stride,
                     count, bench.products.data() + at, bench);
        }
        leave(shop, after, plan, first, tiles, channel, count, bench);
    }
}

/// A few panels of results, of all products. Few weights are combined at a time, so that they are
/// still in the cache when they are multiplied with.
void Conv::multiply(Workshop& shop, const Plan& plan, int tiles, int channel, int panels,
                    const float* entered, std::ptrdiff_t stride, int row, float* products,
                    Workshop::Bench& bench) const {
    const int taps = weight_count(tilings_);
    const std::ptrdiff_t panel_weights = std::ptrdiff_t{in_} * taps * lane_channels;
    const float* weights = weights_.get() + channel / lane_channels * panel_weights;
    if (points() && !plan.halves) {
        shop.kernels.multiply(tiles, in_, panels, entered, plan.entered_row, weights, panel_weights,
                              products, row, false);
        return;
    }
    const int most = std::clamp(combined_floats / (products_ * panels * lane_channels), 64, 256);
    const int slices = (in_ + most - 1) / most;
    const int slice = padded_channels((in_ + slices - 1) / slices);
    const std::ptrdiff_t panel_stride = std::ptrdiff_t{slice} * lane_channels;
    const std::ptrdiff_t combined_stride = panels * panel_stride + lane_channels;
    float* combined = bench.combined.at_least(size(products_) * size(int(combined_stride)));
    for (int from = 0; from < in_; from += slice) {
        const int depth = std::min(slice, in_ - from);
        for (int panel = 0; panel < panels; ++panel) {
            shop.kernels.combine(
                tilings_,
                weights + panel * panel_weights + std::ptrdiff_t{from} * taps * lane_channels,
                depth, combined + panel * panel_stride, combined_stride);
        }
        const int halving = plan.halves ? 2 : 1;
        const auto& product = plan.halves ? shop.kernels.multiply_pairs : shop.kernels.multiply;
        for (int p = 0; p < products_; ++p) {
            float* right = combined + p * combined_stride;
            for (int panel = 0; plan.halves && panel < panels; ++panel)
                shop.kernels.pair_rows(right + panel * panel_stride, depth);
            product(tiles, depth / halving, panels,
                    entered + p * plan.entered_stride + from / halving, plan.entered_row, right,
                    panel_stride, products + p * stride, row, from > 0);
        }
    }
}

void Conv::leave(Workshop& shop, const After& after, const Plan& plan, int first_tile, int tiles,
                 int first_channel, int count, Workshop::Bench& bench) const {
    const std::ptrdiff_t stride = std::ptrdiff_t{plan.block} * count + lane_channels;
    const bool pairs = after.scaled != nullptr && after.shifts;
    const int channel = pairs ? first_channel / 2 : first_channel;
    const int side = plan.plane.outputs;
    float* to[max_outputs];
    const float* add[max_outputs];
    const float* scaled[max_outputs];
    Finish finish{.outputs = plan.depth.outputs * side * side,
                  .values = bench.left.data(),
                  .stride = count,
                  .count = pairs ? count / 2 : count,
                  .to = to,
                  .bias = bias_ + first_channel,
                  .slope = after.slope,
                  .add = after.add == nullptr ? nullptr : add,
                  .scaled = after.scaled == nullptr ? nullptr : scaled,
                  .norm_scale = after.norm_scale + channel,
                  .norm_shift = after.norm_shift + channel,
                  .shifts = pairs};
    for (int t = 0; t < tiles; ++t) {
        int z0 = 0, y0 = 0, x0 = 0;
        plan.position(first_tile + t, z0, y0, x0);
        for (int o = 0; o < finish.outputs; ++o) {
            const int z = z0 * plan.depth.outputs + o / (side * side);
            const int y = y0 * side + o / side % side;
            const int x = x0 * side + o % side;
            to[o] = after.to.at(z, y, x);
            if (to[o] == nullptr) continue;
            to[o] += channel;
            if (after.add != nullptr) add[o] = after.add->at(z, y, x) + channel;
            if (after.scaled != nullptr) scaled[o] = after.scaled->at(z, y, x) + channel;
        }
        shop.kernels.leave(tilings_, bench.products.data() + std::ptrdiff_t{t} * count, stride,
                           count, bench.left.data());
        shop.kernels.finish(finish);
    }
}

}  // namespace ditto::cpu
