#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/engines.h"
#include "hub/downloader.h"
#include "server/replies.h"

namespace ditto::server {

struct SetupSettings {
    std::filesystem::path data;
    /// Where Ditto's official files are, or are put.
    std::filesystem::path checkpoints = "checkpoints";
    hub::HubSettings hub;
};

/// What `ditto-avatar setup` shows and does, for the studio: /api/setup/...
/// One download at a time. Thread-safe.
class SetupRoutes {
  public:
    SetupRoutes(SetupSettings settings, Engines& engines);
    /// Ends a download that runs; what it has fetched stays for the next.
    ~SetupRoutes();

    static constexpr std::int64_t max_body_bytes = 4096;
    static bool serves(const std::string& path) { return path.starts_with("/api/setup/"); }
    /// Throws Error.
    Response handle(const Request& request);

  private:
    class Watch;
    /// Of the download that runs or ran last.
    struct Download {
        /// downloading, completed, failed, cancelled
        std::string status;
        std::string set;
        std::int64_t done_bytes = 0;
        std::int64_t total_bytes = 0;
        double bytes_per_second = 0;
        /// Name and reason of what did not come.
        std::vector<std::pair<std::string, Error>> failed;
        std::string problem;
        /// Grows with every change.
        std::uint64_t version = 0;
    };

    Response diagnosis(const Request& request);
    Response models(const Request& request);
    Response start(const Request& request);
    Response cancel(const Request& request);
    Response events(const Request& request);
    Response disk() const;
    void fetch(const std::string& set, const std::stop_token& stop);
    /// With the mutex held.
    Json download_json(Language language) const;

    const SetupSettings settings_;
    Engines& engines_;
    std::mutex diagnosing_;
    std::mutex mutex_;
    std::optional<Download> download_;
    std::jthread thread_;
};

}  // namespace ditto::server
