#pragma once

#include <cstdint>

namespace ditto::cli {

/// How fast frames come, judged from the beginning of the stage.
struct RenderSpeed {
    double frames_per_s = 0;
    double times_real_time = 0;  // 1: a second of video takes a second
    double left_s = 0;           // until the last frame; 0 where the total is unknown
};

/// `done` of `total` frames of a video with `fps` frames per second after `elapsed_s`.
inline RenderSpeed render_speed(std::int64_t done, std::int64_t total, double fps,
                                double elapsed_s) {
    if (done <= 0 || elapsed_s <= 0) return {};
    RenderSpeed speed;
    speed.frames_per_s = static_cast<double>(done) / elapsed_s;
    speed.times_real_time = speed.frames_per_s / fps;
    if (total > done) speed.left_s = static_cast<double>(total - done) / speed.frames_per_s;
    return speed;
}

}  // namespace ditto::cli
