#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ditto::jobs {

/// Who wants to be told when a job has ended (JobRequest::webhook), in the jobs' database: a
/// restart forgets nobody.
/// Thread-safe. Every call may throw Error{disk_full | internal}.
class WebhookStore {
  public:
    /// `path`: the database of the JobStore, which must be open.
    explicit WebhookStore(const std::filesystem::path& path);
    ~WebhookStore();

    struct Due {
        std::string job;
        std::string url;
        /// How often it was tried in vain.
        int attempts = 0;
    };
    /// One whose job has ended and whose time has come; nothing where there is none. Webhooks of
    /// jobs that are gone are forgotten.
    std::optional<Due> next(double now_s);

    void delivered(const std::string& job);
    /// Tries again at `next_s`, or never where that is 0.
    void failed(const std::string& job, double next_s);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ditto::jobs
