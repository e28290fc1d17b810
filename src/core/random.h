#pragma once

#include <cstdint>

namespace ditto {

/// Seeded random numbers that are the same on every machine (the standard library's distributions
/// are not). PCG-XSH-RR 64/32 (O'Neill, "PCG: A Family of Simple Fast Space-Efficient
/// Statistically Good Algorithms for Random Number Generation", 2014). Passed in, never global.
class Random {
  public:
    /// Streams of one seed are independent of each other.
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

    std::uint32_t next();
    /// In [0, 1).
    double uniform();
    double uniform(double from, double to) { return from + (to - from) * uniform(); }
    /// Mean 0, standard deviation 1 (Box-Muller).
    double normal();

  private:
    std::uint64_t state_ = 0;
    std::uint64_t increment_;
    bool has_spare_ = false;
    double spare_ = 0;
};

}  // namespace ditto
