#pragma once

#include <vector>

#include "jobs/job_runner.h"
#include "jobs/job_store.h"
#include "jobs/slide_store.h"
#include "server/data_folder.h"
#include "server/replies.h"

namespace ditto::server {

/// Jobs: the list, and for each its status, details, events, preview, cancelling and removal.
class JobRoutes {
  public:
    JobRoutes(const DataFolder& data, jobs::JobStore& store, jobs::SlideStore& slides,
              jobs::JobRunner& runner)
        : data_(data), store_(store), slides_(slides), runner_(runner) {}

    std::vector<Route> routes();

  private:
    Response list(const Request& request);
    Response status(const Request& request, const std::string& id);
    Response details(const Request& request, const std::string& id);
    Response remove(const Request& request, const std::string& id);
    Response events(const Request& request, const std::string& id);
    Response preview(const Request& request, const std::string& id) const;

    /// Throws Refusal 404.
    jobs::Job find(const Request& request, const std::string& id);
    Json status_of(const jobs::Job& job, Language language);
    Json details_of(const jobs::Job& job, Language language);

    const DataFolder& data_;
    jobs::JobStore& store_;
    jobs::SlideStore& slides_;
    jobs::JobRunner& runner_;
};

}  // namespace ditto::server
