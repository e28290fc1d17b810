#pragma once

#include <functional>
#include <vector>

namespace ditto::bench {

/// Seconds of clock that several rounds took.
struct Times {
    std::vector<double> seconds;

    double median() const;
    /// (longest - shortest) / median.
    double spread() const;
};

double seconds_of(const std::function<void()>& work);

/// Each work once in every round, in turns: what slows the machine down slows all of them.
std::vector<Times> measure_in_turns(int rounds, const std::vector<std::function<void()>>& works);

/// The most memory that this process has held so far.
double peak_megabytes();

}  // namespace ditto::bench
