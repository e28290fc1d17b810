#pragma once

#include <cstdint>
#include <map>

#include "base/progress.h"
#include "jobs/job.h"

namespace ditto::jobs {

/// How an attempt spent its time.
struct AttemptTimes {
    std::map<Stage, double> stages;
    double whole_s = 0;
    std::int64_t frames = 0;
};

/// Is told what the runner does, from its threads.
class JobObserver {
  public:
    virtual ~JobObserver() = default;
    virtual void started(const Job& job) = 0;
    /// `job` as the store has it after the attempt; queued where it went back.
    virtual void ended(const Job& job, const AttemptTimes& times) = 0;
};

}  // namespace ditto::jobs
