#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

// Inside the room only.
namespace ditto::jobs {

/// How long work that is counted will still take. The speed is taken from the last half to three
/// quarters of the time since the first frame: the slow start of a pipeline is soon forgotten, and
/// so is another load on the machine that has come or gone. Needs no memory that grows.
class RemainingTime {
  public:
    using Clock = std::chrono::steady_clock;

    /// Forgets what was; `total` frames are to come, 0: nobody knows.
    void begin(std::int64_t total);
    /// `done` of them are finished. Nothing while that says too little about the speed.
    std::optional<double> seconds_left(Clock::time_point now, std::int64_t done);

  private:
    struct Mark {
        Clock::time_point time;
        std::int64_t done = 0;
    };

    std::int64_t total_ = 0;
    /// The first frame that was finished.
    std::optional<Mark> first_;
    /// The speed counts from `since_`; `next_` will take its place.
    Mark since_;
    Mark next_;
};

}  // namespace ditto::jobs
