#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

namespace ditto::hub {

/// Speed over the last five seconds.
class Speedometer {
  public:
    using Clock = std::chrono::steady_clock;

    double update(std::int64_t bytes, Clock::time_point now) {
        if (!samples_.empty() && bytes < samples_.back().second) samples_.clear();
        samples_.emplace_back(now, bytes);
        while (samples_.size() > 2 && now - samples_.front().first > std::chrono::seconds(5)) {
            samples_.pop_front();
        }
        const std::chrono::duration<double> time = now - samples_.front().first;
        if (time.count() <= 0) return 0;
        return static_cast<double>(bytes - samples_.front().second) / time.count();
    }

  private:
    std::deque<std::pair<Clock::time_point, std::int64_t>> samples_;
};

}  // namespace ditto::hub
