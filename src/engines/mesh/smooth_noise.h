#pragma once

#include <cstdint>

namespace ditto::mesh {

/// Endless smooth random motion: cubic value noise of two octaves, mean 0, standard deviation
/// about 1, one knot per `period_s`. The same seed and time give the same value.
class SmoothNoise {
  public:
    SmoothNoise(std::uint64_t seed, std::uint64_t stream, double period_s)
        : seed_(seed), stream_(stream), period_s_(period_s) {}

    double operator()(double time_s) const;

  private:
    double octave(double position, std::uint64_t which) const;

    std::uint64_t seed_;
    std::uint64_t stream_;
    double period_s_;
};

}  // namespace ditto::mesh
