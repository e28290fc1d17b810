#pragma once

#include <chrono>
#include <functional>

#include "base/progress.h"
#include "jobs/job.h"
#include "jobs/job_observer.h"
#include "jobs/remaining_time.h"

// Inside the room only.
namespace ditto::jobs {

/// Turns the events of a running job into its progress: the share of the whole time that has
/// passed, which needs the time left and so is known only once frames are counted.
class JobReporter final : public Progress {
  public:
    using Clock = RemainingTime::Clock;
    using Save = std::function<void(const JobProgress&)>;

    /// `save` is called when a stage begins and then every half second, at first more often.
    explicit JobReporter(Save save, std::function<Clock::time_point()> now = Clock::now);

    void stage(Stage stage, std::int64_t total) override;
    void advance(std::int64_t done) override;
    void notice(const Notice& notice) override;

    /// From engine_chosen.
    const std::string& engine() const { return engine_; }
    /// Ends the last stage; what each took, and how many frames were made.
    AttemptTimes finish();

  private:
    void save(Clock::time_point now);

    Save save_;
    std::function<Clock::time_point()> now_;
    Clock::time_point began_;
    Clock::time_point stage_began_;
    Clock::time_point saved_;
    RemainingTime remaining_;
    JobProgress progress_;
    std::string engine_;
    bool in_stage_ = false;
    AttemptTimes times_;
};

}  // namespace ditto::jobs
