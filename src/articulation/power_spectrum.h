#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace ditto {

/// Power of a real signal's spectrum: 512 samples to |X[k]|^2 of the bins 0 to 256, unscaled.
///
/// The samples are taken as 256 complex ones, whose transform is of radix 4 and sorts itself
/// (Stockham; C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", 1992), real
/// and imaginary parts apart, so that the compiler's vectors fit its inner loop.
class PowerSpectrum {
  public:
    static constexpr std::size_t samples = 512;
    static constexpr std::size_t bins = samples / 2 + 1;

    PowerSpectrum();

    void operator()(std::span<const float, samples> signal, std::span<float, bins> power) const;

  private:
    static constexpr std::size_t size_ = samples / 2;
    struct Complexes {
        std::array<float, size_ + 1> re{};
        std::array<float, size_ + 1> im{};
    };

    Complexes turns_;  // exp(-2 pi i k / samples)
};

}  // namespace ditto
