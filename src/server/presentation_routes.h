#pragma once

#include <string>
#include <vector>

#include "jobs/job_runner.h"
#include "jobs/job_store.h"
#include "jobs/slide_store.h"
#include "server/data_folder.h"
#include "server/deck_store.h"
#include "server/replies.h"

namespace ditto::server {

/// Videos of decks: a new one, and a failed slide made again.
class PresentationRoutes {
  public:
    /// `max_queued`: jobs that may wait; more are refused with 429.
    PresentationRoutes(const DataFolder& data, jobs::JobStore& store, jobs::SlideStore& slides,
                       jobs::JobRunner& runner, const DeckStore& decks, int max_queued)
        : data_(data),
          store_(store),
          slides_(slides),
          runner_(runner),
          decks_(decks),
          max_queued_(max_queued) {}

    std::vector<Route> routes();

  private:
    Response present(const Request& request);
    Response retry(const Request& request, const std::string& id);
    /// Throws Refusal: 400, 404, 422.
    jobs::JobRequest wanted(const Request& request) const;

    const DataFolder& data_;
    jobs::JobStore& store_;
    jobs::SlideStore& slides_;
    jobs::JobRunner& runner_;
    const DeckStore& decks_;
    const int max_queued_;
};

}  // namespace ditto::server
