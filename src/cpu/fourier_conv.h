#pragma once

#include "cpu/conv.h"

namespace ditto::cpu {

/// A convolution of a volume with a large kernel (up to 9 along every axis), in cubes of 16^3
/// values: the transforms of values and weights are multiplied frequency by frequency, which is one
/// product of matrices each, and 17 - kernel results along every axis are free of what wraps
/// around.
class FourierConv {
  public:
    FourierConv() = default;
    FourierConv(Packer& packer, const ConvSource& source);

    /// `from` has the weights' channels, padded; `to` gets those of the result, and more: what
    /// stands in its padding is not set to anything useful.
    void run(Workshop& shop, const Map& from, const Map& to) const;

  private:
    void transform(Pool& pool, const ConvWeights& weights, float* to) const;

    int kernel_ = 1;
    int in_ = 0;       // padded
    int out_ = 0;      // not padded
    int columns_ = 0;  // real and imaginary parts of the result, padded together
    // [frequency][panel of 16 columns][real, imaginary parts of in][16], then the bias
    Packed weights_;
    const float* bias_ = nullptr;
};

}  // namespace ditto::cpu
