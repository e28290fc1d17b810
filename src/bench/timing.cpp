#include "bench/timing.h"

#include <algorithm>
#include <chrono>

#include <sys/resource.h>

namespace ditto::bench {

double Times::median() const {
    std::vector<double> sorted = seconds;
    std::ranges::sort(sorted);
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

double Times::spread() const {
    if (seconds.empty() || median() <= 0) return 0;
    const auto [shortest, longest] = std::ranges::minmax(seconds);
    return (longest - shortest) / median();
}

double seconds_of(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

std::vector<Times> measure_in_turns(int rounds, const std::vector<std::function<void()>>& works) {
    std::vector<Times> times(works.size());
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < works.size(); ++i)
            times[i].seconds.push_back(seconds_of(works[i]));
    }
    return times;
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace ditto::bench
