#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace ditto::reenact {

/// How many frames follow where the end is not known.
inline constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

/// When the eyes blink. Method: Ditto, core/atomic_components/motion_stitch.py, without its limit
/// of 3000 frames.
class BlinkSchedule {
  public:
    /// Draws how many frames the eyes stay open.
    using DrawOpenFrames = std::function<int()>;

    /// No blinks.
    BlinkSchedule() = default;
    /// Blinks of `blink_frames` frames. The first two draws are the frames before the first blink
    /// and those that stay free of blinks at the end.
    BlinkSchedule(int blink_frames, DrawOpenFrames draw);
    /// Open times from a list, again and again. Empty: no blinks.
    BlinkSchedule(int blink_frames, std::vector<int> open_frames);

    /// Which frame of the blink is shown; 0 with open eyes. Frames are asked for in rising order.
    int at(std::int64_t frame, std::int64_t frames_after);

  private:
    int blink_frames_ = 0;
    DrawOpenFrames draw_;
    std::int64_t start_ = 0;     // of the present or next blink
    std::int64_t end_free_ = 0;  // frames at the end in which no blink begins
    bool begun_ = false;
    bool over_ = true;
};

}  // namespace ditto::reenact
