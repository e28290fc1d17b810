#pragma once

#include "jobs/job_observer.h"
#include "server/metrics.h"
#include "server/request_log.h"

namespace ditto::server {

/// Counts and logs what the runner does.
class JobWatch final : public jobs::JobObserver {
  public:
    JobWatch(Metrics& metrics, RequestLog& log) : metrics_(metrics), log_(log) {}

    void started(const jobs::Job& job) override;
    void ended(const jobs::Job& job, const jobs::AttemptTimes& times) override;

  private:
    Metrics& metrics_;
    RequestLog& log_;
};

}  // namespace ditto::server
