#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/photo_examiner.h"
#include "app/shared_engines.h"
#include "jobs/job_runner.h"
#include "jobs/slide_store.h"
#include "server/data_folder.h"
#include "server/deck_store.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/replies.h"
#include "speech/speaker.h"

namespace ditto::server {

struct ServiceSettings {
    std::string version;
    /// Jobs that may wait; more are refused with 429.
    int max_queued = 32;
    /// The folder of Ditto's official checkpoints.
    std::filesystem::path checkpoints = "checkpoints";
};

/// Every endpoint, from request to response. Thread-safe; calls may block.
class Service {
  public:
    Service(ServiceSettings settings, DataFolder& data, jobs::JobStore& store,
            jobs::JobRunner& runner, PhotoExaminer& examiner, const SharedEngines& engines,
            const speech::Speaker& speaker);
    ~Service();

    /// Every address but those of uploads and outputs.
    const std::vector<Route>& routes() const { return routes_; }
    /// What to do with the body, told by the head alone. Throws Refusal.
    BodyPlan plan(const Request& request) const;
    /// Never throws: what goes wrong becomes a response.
    Response handle(const Request& request);
    /// The response to a request that is refused before it is understood.
    static Response refuse(int status, const Request& request);
    /// The response to what a handler threw.
    static Response failed(const std::exception& error, const Request& request);

    /// Sets the gauges of jobs and queue.
    void measure(Metrics& metrics);
    /// True where the store answers.
    bool works();
    /// An engine's networks are being read just now: a new job would wait for them.
    bool loading() const { return engines_.loading(); }
    const std::filesystem::path& data_root() const { return data_.root(); }

  private:
    struct Match {
        const Route* route = nullptr;
        std::string id;
    };

    /// The groups of routes, each with what it needs.
    struct Groups;

    /// Throws Refusal: 404, 405.
    Match match(const Request& request) const;

    DataFolder& data_;
    jobs::JobStore& store_;
    const SharedEngines& engines_;
    std::unique_ptr<DeckStore> decks_;
    std::unique_ptr<jobs::SlideStore> slides_;
    std::unique_ptr<Groups> groups_;
    std::vector<Route> routes_;
    /// Uploads and outputs.
    Route files_;
};

}  // namespace ditto::server
