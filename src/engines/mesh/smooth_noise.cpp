#include "engines/mesh/smooth_noise.h"

#include <cmath>

#include "core/random.h"

namespace ditto::mesh {
namespace {

/// Seeds the knots' generators far apart.
std::uint64_t scrambled(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
}

}  // namespace

double SmoothNoise::octave(double position, std::uint64_t which) const {
    const double floor = std::floor(position);
    const auto first = static_cast<std::int64_t>(floor);
    double knots[4];
    for (int k = 0; k < 4; ++k) {
        const auto knot = static_cast<std::uint64_t>(first + k - 1);
        Random random(scrambled(seed_ + 0x9E3779B97F4A7C15ULL * knot), stream_ * 4 + which);
        knots[k] = random.normal();
    }
    // Uniform cubic B-spline: twice continuously differentiable, so that a head moved by it has no
    // jerks.
    const double t = position - floor;
    const double t2 = t * t;
    const double t3 = t2 * t;
    return ((1 - 3 * t + 3 * t2 - t3) * knots[0] + (4 - 6 * t2 + 3 * t3) * knots[1] +
            (1 + 3 * t + 3 * t2 - 3 * t3) * knots[2] + t3 * knots[3]) /
           6;
}

double SmoothNoise::operator()(double time_s) const {
    // 1.55 makes up for the spline's smoothing of the knots' unit deviation.
    return 1.55 * (.88 * octave(time_s / period_s_, 0) + .42 * octave(time_s / period_s_ * 2.3, 1));
}

}  // namespace ditto::mesh
