#include "jobs/remaining_time.h"

#include <algorithm>

namespace ditto::jobs {
namespace {

/// In a shorter time frames come in the bursts in which stages hand them on.
constexpr std::chrono::milliseconds shortest{250};

}  // namespace

void RemainingTime::begin(std::int64_t total) {
    total_ = total;
    first_.reset();
}

std::optional<double> RemainingTime::seconds_left(Clock::time_point now, std::int64_t done) {
    if (total_ <= 0) return std::nullopt;
    if (!first_) {
        first_ = since_ = next_ = Mark{now, done};
        return std::nullopt;
    }
    const auto working = now - first_->time;
    if (working < shortest) return std::nullopt;
    if (working >= 2 * (next_.time - first_->time)) {
        since_ = next_;
        next_ = {now, done};
    }
    const std::int64_t frames = done - since_.done;
    if (frames <= 0) return std::nullopt;
    const double frame_s =
        std::chrono::duration<double>(now - since_.time).count() / static_cast<double>(frames);
    return frame_s * static_cast<double>(std::max<std::int64_t>(0, total_ - done));
}

}  // namespace ditto::jobs
