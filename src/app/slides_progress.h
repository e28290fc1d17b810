#pragma once

#include <cstdint>

#include "base/progress.h"

namespace ditto {

/// Tells the events of slides that are made one after the other as those of one piece of work,
/// whose frames are counted over all slides.
class SlidesProgress final : public Progress {
  public:
    /// `fps`: frames of a second.
    SlidesProgress(Progress& whole, double fps) : whole_(whole), fps_(fps) {}

    /// The next slide begins. `seconds`: how long it is expected to be; `after_s`: the slides that
    /// will follow it.
    void begin_slide(double seconds, double after_s);
    /// It is made, or was before, and takes this long.
    void end_slide(double seconds);

    void stage(Stage stage, std::int64_t total) override;
    void advance(std::int64_t done) override;
    void notice(const Notice& notice) override { whole_.notice(notice); }

  private:
    /// Tells how much is done once `slide_s` seconds of the present slide are.
    void tell(double slide_s);

    Progress& whole_;
    const double fps_;
    /// Of all slides, as first expected; 0: nothing is rendered yet.
    std::int64_t total_ = 0;
    /// Never goes back.
    std::int64_t told_ = 0;
    double made_s_ = 0;
    double slide_s_ = 0;
    double after_s_ = 0;
    std::int64_t slide_frames_ = 0;
};

}  // namespace ditto
