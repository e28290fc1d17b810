#include "articulation/power_spectrum.h"

#include <algorithm>
#include <array>
#include <complex>
#include <cstdint>
#include <numbers>

#include <gtest/gtest.h>

namespace ditto {
namespace {

using Signal = std::array<float, PowerSpectrum::samples>;
using Power = std::array<float, PowerSpectrum::bins>;

/// By the definition.
Power expected(const Signal& signal) {
    Power power{};
    for (std::size_t k = 0; k < power.size(); ++k) {
        std::complex<double> sum;
        for (std::size_t n = 0; n < signal.size(); ++n) {
            const double turn = double(k * n % signal.size()) / double(signal.size());
            sum += double(signal[n]) * std::polar(1.0, -2 * std::numbers::pi * turn);
        }
        power[k] = static_cast<float>(std::norm(sum));
    }
    return power;
}

void expect_power(PowerSpectrum& spectrum, const Signal& signal) {
    Power found{};
    spectrum(signal, found);
    const Power wanted = expected(signal);
    const float loudest = *std::ranges::max_element(wanted);
    for (std::size_t k = 0; k < found.size(); ++k)
        ASSERT_NEAR(found[k], wanted[k], 2e-6F * loudest) << "bin " << k;
}

TEST(PowerSpectrum, IsThatOfTheDefinition) {
    PowerSpectrum spectrum;
    std::uint32_t random = 1;
    for (int round = 0; round < 3; ++round) {
        Signal signal{};
        for (float& value : signal) {
            random = 1664525 * random + 1013904223;
            value = static_cast<float>(random >> 8) / 8388608.0F - 1;
        }
        expect_power(spectrum, signal);
    }
}

TEST(PowerSpectrum, KnowsTheFirstAndTheLastBin) {
    PowerSpectrum spectrum;
    Signal constant{}, alternating{}, click{};
    constant.fill(.5F);
    for (std::size_t n = 0; n < alternating.size(); ++n)
        alternating[n] = n % 2 == 0 ? .5F : -.5F;
    click[3] = 1;
    for (const Signal& signal : {constant, alternating, click})
        expect_power(spectrum, signal);
    Power power{};
    spectrum(constant, power);
    EXPECT_FLOAT_EQ(power.front(), 256 * 256);
    spectrum(alternating, power);
    EXPECT_FLOAT_EQ(power.back(), 256 * 256);
}

}  // namespace
}  // namespace ditto
