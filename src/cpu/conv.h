#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "cpu/map.h"
#include "cpu/packer.h"

namespace ditto::cpu {

/// Kernels are the same along every axis that there is.
struct ConvShape {
    int out = 0;
    int in = 0;
    int kernel = 1;
    bool volume = false;  // three axes
};

/// A convolution as its network stores it: weights [out][in][kernel...].
struct ConvWeights : ConvShape {
    std::vector<float> values;  // out x in x kernel^axes
    std::vector<float> bias;    // out; empty: none
};

/// A convolution whose weights are computed only where they have not been packed before.
struct ConvSource : ConvShape {
    std::function<ConvWeights()> weights;
};

/// Where a channel of the padded result (or input) comes from; -1 for padding.
using ChannelOrder = std::vector<int>;
/// 0..count-1, then padding.
ChannelOrder padded_order(int count);

/// What is done with the results, see Finish.
struct After {
    Map to;
    float slope = 1;
    const Map* add = nullptr;
    const Map* scaled = nullptr;  // makes it a SPADE norm of this map
    const float* norm_scale = nullptr;
    const float* norm_shift = nullptr;
    bool shifts = false;
};

/// A convolution that keeps the size of what it reads (or makes it larger, by its tiling), zeros
/// beyond the edges, computed tile by tile: transformed inputs times transformed weights, one
/// product of matrices for each of a tile's products. The weights are kept as they are, since
/// transformed ones take four times the memory, and to read that takes as long as to transform them
/// again. Winograd's minimal filtering as of Lavin &
/// Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; docs/cpu-path.md.
class Conv {
  public:
    Conv() = default;
    /// `chunk`: channels of the result that are made at a time. The tilings must suit the kernel.
    Conv(Packer& packer, const ConvSource& source, Tilings tilings, const ChannelOrder& out,
         const ChannelOrder& in, int chunk = 128);
    Conv(Packer& packer, const ConvSource& source, Tilings tilings)
        : Conv(packer, source, tilings, padded_order(source.out), padded_order(source.in)) {}

    void run(Workshop& shop, const Map& from, const After& after) const;

    int outputs() const { return out_; }
    int inputs() const { return in_; }
    /// Made of one tap: an enlarged map must be said to be one.
    bool points() const { return tilings_.plane == Tiling::point; }

  private:
    struct Plan;
    void run_part(Workshop& shop, const Map& from, const After& after, const Plan& plan, int part,
                  int thread) const;
    void multiply(Workshop& shop, const Plan& plan, int tiles, int channel, int panels,
                  const float* entered, std::ptrdiff_t stride, int row, float* products,
                  Workshop::Bench& bench) const;
    void leave(Workshop& shop, const After& after, const Plan& plan, int first_tile, int tiles,
               int first_channel, int count, Workshop::Bench& bench) const;

    Tilings tilings_;
    int out_ = 0;
    int in_ = 0;
    bool volume_ = false;
    int products_ = 0;
    int chunk_ = 0;
    Packed weights_;  // [panel of 16 results][in][tap][16], then the bias
    const float* bias_ = nullptr;
};

}  // namespace ditto::cpu
