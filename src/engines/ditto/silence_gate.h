#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ditto::reenact {

/// How far the mouth may open, frame by frame of 640 samples: it shuts over five frames where the
/// voice falls silent and opens as fast, two frames ahead of the voice.
class SilenceGate {
  public:
    /// Below `level_db` (full scale is 0) it is silent; at -100 or less nothing ever is.
    explicit SilenceGate(double level_db);

    void push(std::span<const float> samples);
    /// The next frame's opening, 0..1. What has not been pushed counts as silence: ask for a frame
    /// once two more have been pushed.
    float next();

  private:
    double threshold_;  // mean square of a frame
    double sum_ = 0;    // of the squares of the frame that is being pushed
    std::size_t summed_ = 0;
    std::int64_t frames_ = 0;  // that are complete
    std::int64_t last_voiced_ = -1000;
    std::vector<std::int64_t> voiced_ahead_;
    std::int64_t next_ = 0;
    float open_ = 1;
};

}  // namespace ditto::reenact
