#include "judge/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ditto::judge {

double mean(std::span<const double> values) {
    if (values.empty()) return 0;
    return std::accumulate(values.begin(), values.end(), 0.) / static_cast<double>(values.size());
}

double quantile(std::span<const double> values, double share) {
    if (values.empty()) return 0;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

double median(std::span<const double> values) {
    return quantile(values, .5);
}

double standard_deviation(std::span<const double> values) {
    if (values.size() < 2) return 0;
    const double middle = mean(values);
    double sum = 0;
    for (const double value : values)
        sum += (value - middle) * (value - middle);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

namespace {

std::vector<double> distances_from_median(std::span<const double> values) {
    const double middle = median(values);
    std::vector<double> distances;
    for (const double value : values)
        distances.push_back(std::abs(value - middle));
    return distances;
}

}  // namespace

double mean_absolute_deviation(std::span<const double> values) {
    return mean(distances_from_median(values));
}

double robust_deviation(std::span<const double> values) {
    constexpr double normal_over_median = 1.4826;
    return normal_over_median * median(distances_from_median(values));
}

double correlation(std::span<const double> a, std::span<const double> b) {
    const std::size_t count = std::min(a.size(), b.size());
    const double middle_a = mean(a.first(count));
    const double middle_b = mean(b.first(count));
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < count; ++i) {
        ab += (a[i] - middle_a) * (b[i] - middle_b);
        aa += (a[i] - middle_a) * (a[i] - middle_a);
        bb += (b[i] - middle_b) * (b[i] - middle_b);
    }
    constexpr double constant = 1e-18;
    return aa < constant || bb < constant ? 0 : ab / std::sqrt(aa * bb);
}

double value_at(std::span<const double> values, double fps, double time_s) {
    if (values.empty()) return 0;
    const double last = static_cast<double>(values.size() - 1);
    const double frame = std::clamp(time_s * fps - .5, 0., last);
    const auto below = static_cast<std::size_t>(frame);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], frame - static_cast<double>(below));
}

std::vector<double> Curve::between(double from_s, double to_s) const {
    std::vector<double> found;
    for (std::size_t i = 0; i < values_.size(); ++i) {
        if (time_s(i) >= from_s && time_s(i) < to_s) found.push_back(values_[i]);
    }
    return found;
}

}  // namespace ditto::judge
