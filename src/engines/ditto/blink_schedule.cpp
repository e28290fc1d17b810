#include "engines/ditto/blink_schedule.h"

#include <algorithm>
#include <utility>

namespace ditto::reenact {

BlinkSchedule::BlinkSchedule(int blink_frames, DrawOpenFrames draw)
    : blink_frames_(blink_frames), draw_(std::move(draw)), over_(blink_frames < 1) {
    if (over_) return;
    start_ = draw_();
    end_free_ = std::max(draw_(), blink_frames);
}

BlinkSchedule::BlinkSchedule(int blink_frames, std::vector<int> open_frames)
    : blink_frames_(blink_frames), over_(blink_frames < 1 || open_frames.empty()) {
    if (over_) return;
    start_ = open_frames.front();
    end_free_ = std::max(open_frames.back(), blink_frames);
    draw_ = [open = std::move(open_frames), next = std::size_t{1}]() mutable {
        return open[next++ % open.size()];
    };
}

int BlinkSchedule::at(std::int64_t frame, std::int64_t frames_after) {
    if (over_) return 0;
    while (frame >= start_ + blink_frames_) {
        start_ += blink_frames_ + draw_();
        begun_ = false;
    }
    if (frame < start_) return 0;
    const std::int64_t into = frame - start_;
    if (!begun_) {
        // Seen from the blink's first frame.
        over_ = frames_after != endless && frames_after + into < end_free_;
        if (over_) return 0;
        begun_ = true;
    }
    return static_cast<int>(into);
}

}  // namespace ditto::reenact
