#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jobs/job.h"

namespace ditto::jobs {

/// A slide of a presentation and how far it is: queued, running, completed or failed.
struct Slide {
    SlideRequest request;
    JobState state = JobState::queued;
    JobFailure failure;
    /// Of its part of the video, in seconds; 0 until it is completed.
    double duration_s = 0;
};

/// What a slide that failed says when it is made again; what is not set stays.
struct SlideChange {
    std::optional<std::string> script = {};
    std::optional<std::filesystem::path> audio = {};
    std::optional<std::string> voice = {};
};

/// The slides of presentation jobs, in the jobs' database.
/// Thread-safe. Every call may throw Error{disk_full | internal}.
class SlideStore {
  public:
    /// `path`: the database of the JobStore, which must be open.
    explicit SlideStore(const std::filesystem::path& path);
    ~SlideStore();

    /// In the order in which they are shown; empty for jobs of another kind.
    std::vector<Slide> of(const std::string& job);

    /// The next slide that waits: it is running then.
    std::optional<Slide> take(const std::string& job);
    void complete(const std::string& job, int number, double duration_s);
    void fail(const std::string& job, int number, const JobFailure& failure);
    /// A slide that was running, or has lost its part of the video, waits again.
    void put_back(const std::string& job, int number);

    enum class Retry { queued, no_slide, refused };
    /// Lets a slide that failed wait again, and its job too where that has failed. Where a job
    /// failed without any failed slide, each of its slides may be made again. Refused otherwise.
    Retry retry(const std::string& job, int number, const SlideChange& change);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ditto::jobs
