#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "checkpoints/manifest.h"
#include "hub/hub_address.h"
#include "hub/store.h"

namespace ditto::hub {

struct DownloadOptions {
    std::filesystem::path folder = "checkpoints";
    HubSettings hub;
    /// Connections in all, and for one file.
    int connections = 8;
    int connections_a_file = 4;
    /// Size of the parts in which large files are fetched.
    std::int64_t part_bytes = std::int64_t{32} << 20;
    /// How often one file may fail in a row without a byte of progress.
    int attempts = 8;
    /// Waiting after a failure: this long, then twice as long each time.
    std::chrono::milliseconds first_wait{1000};
    std::chrono::milliseconds longest_wait{60'000};
    /// A server that asks for more patience than this is given up on.
    std::chrono::seconds longest_retry_after{900};
    std::chrono::seconds stall_limit{30};
};

struct DownloadPlan {
    struct Entry {
        std::string name;
        std::int64_t bytes = 0;
        bool exact = false;
        bool present = false;
    };
    std::vector<Entry> entries;
    std::int64_t total_bytes = 0;
    /// Of these, what is still to be fetched.
    std::int64_t missing_bytes = 0;
    std::int64_t free_bytes = 0;
};

struct DownloadProgress {
    std::int64_t done_bytes = 0;
    std::int64_t total_bytes = 0;
    double bytes_per_second = 0;
    int files_done = 0;
    int files = 0;
};

/// Told from the downloader's thread; progress about four times a second.
class DownloadObserver {
  public:
    virtual ~DownloadObserver() = default;
    /// Another program is downloading into the same folder; this one waits for it.
    virtual void waits_for_other() = 0;
    virtual void plan(const DownloadPlan& plan) = 0;
    virtual void progress(const DownloadProgress& progress) = 0;
    virtual void retries(const std::string& name, const std::string& problem,
                         std::chrono::milliseconds wait) = 0;
    virtual void finished(const std::string& name, CheckedAgainst checked) = 0;
    virtual void failed(const std::string& name, const Error& error) = 0;
};

struct DownloadResult {
    std::vector<std::string> present;  // were whole already
    std::vector<std::string> fetched;
    std::vector<std::string> failed;
};

/// Brings the files into the folder. A file appears under its name only when it is whole and its
/// hash is right; breaks leave NAME.part, with which the next call goes on. A file that fails
/// does not stop the others: it is reported and listed in the result.
/// Throws Error{disk_full | folder_unwritable}, which concern all of them, and Error{cancelled}.
DownloadResult download(std::span<const checkpoints::ModelFile> files,
                        const DownloadOptions& options, DownloadObserver& observer,
                        std::stop_token stop);

/// Waits until no other download works in the folder. Throws Error{cancelled}.
FolderLock lock_folder(const std::filesystem::path& folder, DownloadObserver& observer,
                       const std::stop_token& stop);

}  // namespace ditto::hub
