#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jobs/job.h"

namespace ditto::jobs {

/// Which jobs to list. Empty fields take all.
struct JobQuery {
    std::vector<JobState> states = {};
    /// That made the video.
    std::string engine = {};
    std::string batch = {};
    /// Somewhere in the title or the id.
    std::string text = {};
    /// -1: all.
    int limit = -1;
    int offset = 0;
};

struct JobPage {
    std::vector<Job> jobs;
    /// How many there are without limit and offset.
    int total = 0;
};

/// All jobs, on disk: what was said to a client is true after a crash at any moment. Thread-safe.
/// Every call may throw Error{disk_full | internal}.
class JobStore {
  public:
    enum class Added { queued, repeated, key_taken, full };
    struct Addition {
        Added outcome = Added::queued;
        /// The new job, or for `repeated` the earlier one.
        std::string id;
    };

    /// Opens or creates the database `path`, and holds it against other programs until it is
    /// destroyed. Throws Error{folder_unwritable} where the folder cannot be written or another
    /// program has it.
    explicit JobStore(const std::filesystem::path& path);
    ~JobStore();

    /// Puts a new job at the end of its priority's queue, unless `max_queued` wait already.
    /// The same `key` within a day gives the same job for the same body, key_taken for another.
    Addition add(const JobRequest& request, int max_queued,
                 const std::optional<IdempotencyKey>& key = {});
    struct Additions {
        Added outcome = Added::queued;
        /// In the order of the requests: the new ones, or for `repeated` the earlier ones that are
        /// still there.
        std::vector<Job> jobs;
    };
    /// All of them, which share their `batch`, or none where they would not fit into the queue.
    Additions add_all(const std::vector<JobRequest>& requests, int max_queued,
                      const std::optional<IdempotencyKey>& key = {});
    /// What an earlier request with this key says about this one: `repeated` with its jobs, or
    /// `key_taken`; nothing where the key is new.
    std::optional<Additions> earlier(const IdempotencyKey& key);

    std::optional<Job> find(const std::string& id);
    /// Newest first.
    JobPage list(const JobQuery& query);
    /// A queued or running job uses this photo or voice.
    bool waits_for(const std::filesystem::path& upload);
    /// All photos, voices and pictures of slides that some job names, finished or not.
    std::vector<std::filesystem::path> files();
    std::map<JobState, int> count();
    /// What a second of video took this engine in its last ten jobs; nothing where there is none.
    std::optional<double> seconds_per_video_second(const std::string& engine);
    /// How many jobs go before this one.
    int queued_before(const std::string& id);

    /// Takes the next job out of the queue that asks for none of these engines: it is running, with
    /// one attempt more.
    std::optional<Job> take(const std::vector<EngineWish>& except = {});
    void record(const std::string& id, const JobProgress& progress);
    void record_stage_times(const std::string& id, const std::map<Stage, double>& times_s);
    /// `video_s`: the video's length.
    void complete(const std::string& id, const std::string& engine, double video_s = 0);
    void record_judgement(const std::string& id, const std::string& json);
    /// Finished videos of one voice that nobody has judged, the oldest first.
    std::vector<std::string> unjudged();
    /// False where it stays running: a slide that failed ("slides_failed") waits again meanwhile.
    bool fail(const std::string& id, const JobFailure& failure);
    /// A running job that was stopped ends as cancelled.
    void end_cancelled(const std::string& id);
    /// A running job that was stopped goes back to the queue; that attempt does not count.
    void put_back(const std::string& id);

    /// A queued job is cancelled at once; a running one is marked, and its runner must stop it.
    /// Returns the state after it, nothing where there is no such job.
    std::optional<JobState> request_cancel(const std::string& id);
    /// Removes a finished job; false where there is none.
    bool remove(const std::string& id);
    /// Removes finished jobs that ended before `time_s`; returns their ids.
    std::vector<std::string> remove_finished_before(double time_s);

    /// After a start: what was running when the program ended is completed where `has_video` says
    /// so, cancelled where that was asked for, failed ("interrupted") after `max_attempts`, and
    /// otherwise queued again.
    void recover(const std::function<bool(const std::string& id)>& has_video, int max_attempts);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Random (version 4) UUID from the system's generator.
std::string new_id();
/// Seconds since 1970.
double now_s();

}  // namespace ditto::jobs
