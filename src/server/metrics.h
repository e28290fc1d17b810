#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ditto::server {

/// Names and values of a sample's labels, e.g. {{"state", "queued"}}.
using Labels = std::vector<std::pair<std::string_view, std::string>>;

/// Counters and histograms, and Prometheus' text format (version 0.0.4). Thread-safe. No more than
/// `most_series` label values a metric: what comes after counts as "other".
class Metrics {
  public:
    static constexpr std::size_t most_series = 300;
    /// Upper bounds of the histograms' buckets, seconds.
    static constexpr std::array<double, 16> bounds{.001, .0025, .005, .01, .025, .05, .1,  .25,
                                                   .5,   1,     2.5,  5,   10,   60,  300, 1800};

    void add(std::string_view counter, const Labels& labels, double amount = 1);
    void observe(std::string_view histogram, const Labels& labels, double seconds);
    /// The last value of something that goes up and down.
    void set(std::string_view gauge, const Labels& labels, double value);

    /// Everything, with what the process itself needs: memory, processor time, open files.
    std::string text();

  private:
    struct Histogram {
        std::array<std::uint64_t, bounds.size()> counts{};
        std::uint64_t count = 0;
        double sum = 0;
    };
    template <typename Value>
    using Series = std::map<std::string, Value>;
    template <typename Value>
    using Family = std::map<std::string, Series<Value>, std::less<>>;

    template <typename Value>
    static Value& at(Family<Value>& family, std::string_view name, const Labels& labels);
    void set_process();

    std::mutex mutex_;
    Family<double> counters_;
    Family<double> gauges_;
    Family<Histogram> histograms_;
};

/// A path as a label: ids and numbers become "{id}" and "{n}", files of the data folder "{file}".
std::string route_label(std::string_view path);

}  // namespace ditto::server
