#pragma once

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "jobs/job_store.h"
#include "jobs/presenter.h"
#include "jobs/slide_store.h"

namespace ditto {
class SlidesProgress;
}

namespace ditto::jobs {

/// Makes the videos of presentations, slide by slide. Each slide that is made stays in
/// `folder`/<job>/slide_<number>.mp4 until the video is complete, so that only what is missing is
/// made after a failure or a new start of the program. Thread-safe for different jobs.
class PresentationWork {
  public:
    PresentationWork(SlideStore& slides, Presenter& presenter, std::filesystem::path folder)
        : slides_(slides), presenter_(presenter), folder_(std::move(folder)) {}

    /// Makes the slides that wait, then the whole video; returns its length in seconds. A slide
    /// that cannot be made keeps its reason and does not stop the others. Throws
    /// Error{slides_failed} at the end where some are missing, Error{cancelled} after a stop, and
    /// any Error that would befall every slide.
    double make(const Job& job, const std::filesystem::path& video,
                const std::filesystem::path& preview, Progress& progress,
                const std::stop_token& stop);

    /// Removes what was made of a job that needs it no more.
    void remove(const std::string& job) const;
    /// Removes what a killed program left of such jobs.
    void remove_leftovers(JobStore& jobs) const;

  private:
    /// How long each recording is, in seconds.
    using Lengths = std::map<std::filesystem::path, double>;

    std::filesystem::path folder_of(const std::string& job) const { return folder_ / job; }
    /// What was cut off waits again.
    void take_up(const std::string& job) const;
    void make_waiting(const Job& job, const std::filesystem::path& preview, Progress& progress,
                      const std::stop_token& stop) const;
    double make_slide(const Job& job, const SlideRequest& slide, SlideMaker& maker,
                      const std::filesystem::path& preview, SlidesProgress& progress,
                      const std::stop_token& stop) const;
    /// The slides' voice, spoken where there is no recording; empty where there is none.
    std::filesystem::path voice_of(const std::string& job, const SlideRequest& slide) const;
    /// Tells the progress what this slide and those that wait will take.
    void expect(const std::string& job, const SlideRequest& slide, Lengths& lengths,
                SlidesProgress& progress) const;

    SlideStore& slides_;
    Presenter& presenter_;
    const std::filesystem::path folder_;
};

}  // namespace ditto::jobs
