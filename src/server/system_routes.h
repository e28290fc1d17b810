#pragma once

#include <optional>
#include <vector>

#include "app/shared_engines.h"
#include "base/error.h"
#include "jobs/job_store.h"
#include "server/replies.h"

namespace ditto::server {

/// What this service is and can: system-info, options.
class SystemRoutes {
  public:
    SystemRoutes(jobs::JobStore& store, const SharedEngines& engines,
                 std::filesystem::path checkpoints, std::string version)
        : store_(store),
          engines_(engines),
          checkpoints_(std::move(checkpoints)),
          version_(std::move(version)) {}

    std::vector<Route> routes();

  private:
    Response system_info(const Request& request) const;
    /// What runs and how far it is; null where nothing does.
    Json busy_message(Language language) const;
    Response options(const Request& request) const;
    /// Why an engine cannot run; nothing where it can.
    std::optional<Error> obstacle(EngineWish wish) const;
    /// Name, whether it can run, and the sentence that says why not.
    Json engines_json(Language language) const;

    jobs::JobStore& store_;
    const SharedEngines& engines_;
    const std::filesystem::path checkpoints_;
    const std::string version_;
};

}  // namespace ditto::server
