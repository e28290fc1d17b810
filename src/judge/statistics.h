#pragma once

#include <optional>
#include <span>
#include <vector>

// Small statistics over lists of numbers. Of an empty list there is no statistic: callers ask
// before, and get 0 otherwise.
namespace ditto::judge {

double mean(std::span<const double> values);
/// `share` in [0, 1]; linear between the two nearest values.
double quantile(std::span<const double> values, double share);
double median(std::span<const double> values);
double standard_deviation(std::span<const double> values);
/// Mean distance from the median.
double mean_absolute_deviation(std::span<const double> values);
/// Median distance from the median, scaled so that it equals the standard deviation of normally
/// distributed noise: outliers do not count.
double robust_deviation(std::span<const double> values);
/// Pearson's correlation; 0 where one list is constant.
double correlation(std::span<const double> a, std::span<const double> b);

/// Of values that are known at the middle of each frame: linear between the frames, the first and
/// last value beyond them, 0 where there is none.
double value_at(std::span<const double> values, double fps, double time_s);

/// A curve that is known at the middle of each frame.
class Curve {
  public:
    Curve(std::vector<double> values, double fps) : values_(std::move(values)), fps_(fps) {}

    std::size_t size() const { return values_.size(); }
    double fps() const { return fps_; }
    const std::vector<double>& values() const { return values_; }
    double operator[](std::size_t frame) const { return values_[frame]; }
    double time_s(std::size_t frame) const { return (static_cast<double>(frame) + .5) / fps_; }
    double at(double time_s) const { return value_at(values_, fps_, time_s); }
    /// The values of the frames whose middle lies in [from_s, to_s).
    std::vector<double> between(double from_s, double to_s) const;

  private:
    std::vector<double> values_;
    double fps_;
};

}  // namespace ditto::judge
