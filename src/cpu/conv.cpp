#include "cpu/conv.h"

#include <algorithm>
#include <array>

namespace ditto::cpu {
namespace {

using Row = std::array<double, 3>;

/// What each product multiplies: combinations of the three weights of an axis.
std::vector<Row> weight_combinations(Tiling tiling) {
    switch (tiling) {
        case Tiling::point:
            return {{1, 0, 0}};
        case Tiling::f2x3:
            return {{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}};
        case Tiling::f4x3:
            return {{1. / 4, 0, 0},
                    {-1. / 6, -1. / 6, -1. / 6},
                    {-1. / 6, 1. / 6, -1. / 6},
                    {1. / 24, 1. / 12, 1. / 6},
                    {1. / 24, -1. / 12, 1. / 6},
                    {0, 0, 1}};
        case Tiling::twice:
        case Tiling::fourth:
            return {{1, 1, 1}, {1, 0, 0}, {0, 0, 1}};
    }
    return {};
}

int products_of(Tilings t) {
    const int p = tile_size(t.plane).products;
    return tile_size(t.depth).products * p * p;
}

/// Transforms one kernel at a time.
class WeightTransform {
  public:
    WeightTransform(const ConvWeights& weights, Tilings tilings)
        : kernel_(weights.kernel),
          depth_kernel_(weights.volume ? weights.kernel : 1),
          plane_(weight_combinations(tilings.plane)),
          depth_(weight_combinations(tilings.depth)) {}

    int size() const { return depth_kernel_ * kernel_ * kernel_; }

    void apply(const float* w, double* out) const {
        for (const Row& rz : depth_) {
            double flat[9] = {};
            for (int z = 0; z < depth_kernel_; ++z) {
                for (int i = 0; i < kernel_ * kernel_; ++i)
                    flat[i] += rz[index(z)] * w[z * kernel_ * kernel_ + i];
            }
            for (const Row& ry : plane_) {
                double line[3] = {};
                for (int y = 0; y < kernel_; ++y) {
                    for (int x = 0; x < kernel_; ++x)
                        line[x] += ry[index(y)] * flat[y * kernel_ + x];
                }
                for (const Row& rx : plane_)
                    *out++ = rx[0] * line[0] + rx[1] * line[1] + rx[2] * line[2];
            }
        }
    }

  private:
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    int kernel_;
    int depth_kernel_;
    std::vector<Row> plane_;
    std::vector<Row> depth_;
};

constexpr std::size_t size(int value) {
    return static_cast<std::size_t>(value);
}

}  // namespace

ChannelOrder padded_order(int count) {
    ChannelOrder order(size(padded_channels(count)), -1);
    for (int i = 0; i < count; ++i)
        order[size(i)] = i;
    return order;
}

Conv::Conv(Pool& pool, const ConvWeights& weights, Tilings tilings, const ChannelOrder& out,
           const ChannelOrder& in, int chunk)
    : tilings_(tilings),
      out_(static_cast<int>(out.size())),
      in_(static_cast<int>(in.size())),
      products_(products_of(tilings)),
      chunk_(chunk),
      weights_(size(products_) * size(out_) * size(in_)),
      bias_(size(out_)) {
    for (int o = 0; o < out_; ++o) {
        const int source = out[size(o)];
        bias_.data()[o] = source < 0 || weights.bias.empty() ? 0 : weights.bias[size(source)];
    }
    const WeightTransform transform(weights, tilings);
    pool.run(out_ / lane_channels, [&](int panel, int) {
        std::vector<double> made(size(products_));
        for (int i = 0; i < in_; ++i) {
            for (int lane = 0; lane < lane_channels; ++lane) {
                const int o = out[size(panel * lane_channels + lane)];
                const int from = in[size(i)];
                std::fill(made.begin(), made.end(), 0);
                if (o >= 0 && from >= 0) {
                    const std::size_t kernel = size(o) * size(weights.in) + size(from);
                    transform.apply(weights.values.data() + kernel * size(transform.size()),
                                    made.data());
                }
                for (int p = 0; p < products_; ++p) {
                    const std::size_t row = (size(p) * size(out_ / lane_channels) + size(panel));
                    weights_.data()[(row * size(in_) + size(i)) * lane_channels + size(lane)] =
                        static_cast<float>(made[size(p)]);
                }
            }
        }
    });
}

/// How a run is cut into parts.
struct Conv::Plan {
    TileSize plane, depth;
    int across, down, tiles;  // tiles
    int block;                // tiles in a part
    int blocks;
    int groups;  // parts that share their tiles and each make some channels
    std::ptrdiff_t entered_row, entered_stride;

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

    constexpr int most_floats = 5 << 19;  // 10 MB of transformed input for a thread
    const int most = std::clamp(most_floats / (products_ * in_), 24, products_ == 1 ? 512 : 128);
    const int few = 48;
    plan.groups = plan.tiles <= few * threads ? std::min(threads, (out_ + chunk_ - 1) / chunk_) : 1;
    const int together = plan.groups == 1 ? threads : 1;
    plan.blocks = tiles_of(plan.tiles, most * together) * together;
    plan.block = tiles_of(plan.tiles, plan.blocks);
    plan.blocks = tiles_of(plan.tiles, plan.block);
    // Rows a power of two apart would share few places of the cache.
    plan.entered_row = in_ + lane_channels;
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
        shop.kernels.enter(tilings_, taps, in_, entered + t * plan.entered_row,
                           plan.entered_stride);
    }

    const int chunks = (out_ + chunk_ - 1) / chunk_;
    for (int chunk = part % plan.groups; chunk < chunks; chunk += plan.groups) {
        const int channel = chunk * chunk_;
        const int count = std::min(chunk_, out_ - channel);
        const std::ptrdiff_t stride = std::ptrdiff_t{plan.block} * count + lane_channels;
        for (int p = 0; p < products_; ++p) {
            const std::size_t panel = size(p) * size(out_) + size(channel);
            shop.kernels.multiply(tiles, in_, count / lane_channels,
                                  entered + p * plan.entered_stride, plan.entered_row,
                                  weights_.data() + panel * size(in_),
                                  std::ptrdiff_t{in_} * lane_channels,
                                  bench.products.data() + p * stride, count, false);
        }
        leave(shop, after, plan, first, tiles, channel, count, bench);
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
                  .bias = bias_.data() + first_channel,
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
