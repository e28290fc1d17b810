#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checkpoints/manifest.h"
#include "hub/file_hasher.h"
#include "hub/http_head.h"
#include "hub/part_file.h"
#include "hub/store.h"

namespace ditto::hub {

/// One file on its way: which bytes are there, which are being fetched, what the server says the
/// file is. Knows nothing of connections; every method runs in the downloader's thread.
class DownloadJob {
  public:
    using Clock = std::chrono::steady_clock;

    /// What one connection is to fetch. Holds only while `generation` is the job's own: a file
    /// that starts again makes all older leases void.
    struct Lease {
        int generation = 0;
        std::size_t segment = 0;
        std::int64_t first = 0;
        std::int64_t last = -1;  // -1: to the end
        std::string range() const;
    };

    enum class Step { waiting, moving, checking, finished, failed };

    DownloadJob(checkpoints::ModelFile file, const std::filesystem::path& folder, std::string url,
                std::function<void()> on_hashed);

    const checkpoints::ModelFile& file() const { return file_; }
    const std::string& url() const { return url_; }
    Step step() const { return step_; }
    std::string host() const;

    /// What the hub says before any byte is fetched. Throws Error{download_wrong} where that is
    /// not the expected file.
    void learn(const HttpHead& head);
    /// Exact where known, else roughly.
    std::int64_t total_bytes() const { return bytes_ >= 0 ? bytes_ : file_.expected_bytes(); }
    std::int64_t done_bytes() const { return state_.done(); }
    /// Bytes that an unfinished download has left behind.
    std::int64_t bytes_on_disk() const;
    /// Lower-case SHA-256 that the finished file must have; empty where nobody says.
    const std::string& expected_sha256() const { return sha256_; }
    CheckedAgainst checked() const;
    const std::string& commit() const { return commit_; }

    /// Opens the file and goes on where an earlier download of the same bytes stopped.
    void open(std::int64_t part_bytes);
    /// The next stretch for a connection, with at most `most` at work at once.
    std::optional<Lease> lease(int most);
    /// The answer to a lease. False: not this way; the lease is void or the file starts again.
    /// Throws Error{download_wrong} where the answer can never become the file.
    bool accept(Lease& lease, const HttpHead& head);
    /// Body bytes. False: the lease is over.
    bool take(Lease& lease, std::span<const std::byte> bytes);
    void give_back(const Lease& lease);
    /// False once the file has started again since.
    bool holds(const Lease& lease) const { return lease.generation == generation_; }
    /// True for the lease's own stretch: nothing is missing.
    bool satisfied(const Lease& lease) const;
    /// The server's last byte of a file whose size nobody knew.
    void ends_here(const Lease& lease);
    /// Whether a broken connection can go on in the middle.
    bool can_resume() const;
    /// The tag that a later range must still have; empty where the server gives no strong one.
    std::string if_range() const { return is_strong_etag(state_.etag) ? state_.etag : ""; }

    /// All bytes are there: their hash is awaited.
    bool all_there() const;
    void check();
    /// Looks whether the hash is known; publishes the file or starts again, once.
    /// Throws Error{download_wrong} the second time, and what the hasher met.
    void settle();
    const std::string& found_sha256() const { return found_sha256_; }

    /// From the first byte again, and what the server said is forgotten.
    /// Throws Error{download_failed} where that happens too often.
    void start_again(const std::string& why);
    /// From the first byte again: the same file, but a break lost what was there.
    void rewind();
    void save();
    void fail() { step_ = Step::failed; }
    /// Throws away what was fetched: it is known to be wrong.
    void discard();

    // Kept by the scheduler for this job.
    std::string resolved_url;  // where the hub's redirect led; empty: ask the hub
    int connections = 0;
    int failures = 0;
    int wrong_answers = 0;
    std::int64_t most_done = 0;  // the furthest it ever got: what counts as progress
    Clock::time_point not_before{};
    std::string last_problem;

  private:
    bool accept_range(const Lease& lease, const HttpHead& head);
    bool accept_whole(Lease& lease, const HttpHead& head);
    bool contradicts(const HttpHead& head) const;
    std::string identity() const;
    void learn_size(std::int64_t bytes);
    void split();
    void reset();
    void restart_hasher();
    [[noreturn]] void refuse(const std::string& what) const;

    checkpoints::ModelFile file_;
    std::string url_;
    std::function<void()> on_hashed_;
    PartFile part_;
    std::unique_ptr<FileHasher> hasher_;

    Step step_ = Step::waiting;
    std::string sha256_;
    std::string git_name_;
    std::string commit_;
    std::string found_sha256_;
    std::int64_t bytes_ = -1;
    std::int64_t part_bytes_ = 0;
    PartState state_;
    std::vector<bool> leased_;
    bool ranges_ = true;
    int generation_ = 0;
    int restarts_ = 0;
    int wrong_hashes_ = 0;
    bool unsaved_ = false;
};

}  // namespace ditto::hub
