#include "app/slides_progress.h"

#include <algorithm>
#include <cmath>

namespace ditto {

void SlidesProgress::begin_slide(double seconds, double after_s) {
    slide_s_ = seconds;
    after_s_ = after_s;
    slide_frames_ = 0;
}

void SlidesProgress::end_slide(double seconds) {
    made_s_ += seconds;
    slide_s_ = 0;
    tell(0);
}

void SlidesProgress::stage(Stage stage, std::int64_t total) {
    if (stage != Stage::render) return whole_.stage(stage, total);
    slide_frames_ = total;
    if (total_ > 0) return;
    total_ = std::max<std::int64_t>(1, std::llround((made_s_ + slide_s_ + after_s_) * fps_));
    whole_.stage(Stage::render, total_);
}

void SlidesProgress::advance(std::int64_t done) {
    if (slide_frames_ <= 0) return;
    const double share = static_cast<double>(done) / static_cast<double>(slide_frames_);
    tell(slide_s_ * std::min(1., share));
}

void SlidesProgress::tell(double slide_s) {
    // A slide may be longer than expected, or fail: the share of the whole is what counts.
    const double whole_s = made_s_ + slide_s_ + after_s_;
    if (total_ == 0 || whole_s <= 0) return;
    const double frames = (made_s_ + slide_s) / whole_s * static_cast<double>(total_);
    told_ = std::max(told_, static_cast<std::int64_t>(frames));
    whole_.advance(told_);
}

}  // namespace ditto
