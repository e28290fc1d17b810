#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/engines.h"
#include "jobs/job_observer.h"
#include "jobs/job_store.h"

namespace ditto::jobs {

class JobReporter;
class PresentationWork;

struct RunnerSettings {
    /// Where videos appear, as avatar_<id>.mp4.
    std::filesystem::path outputs;
    /// Where the newest frame of each job can be seen; empty: nowhere.
    std::filesystem::path previews = {};
    /// The folder of Ditto's official checkpoints.
    std::filesystem::path checkpoints = "checkpoints";
    /// Judges a finished video (the second path is its photo), as JSON; none: nobody judges. May
    /// take long and throw Error: a thread of its own calls it, one video at a time.
    std::function<std::string(const std::filesystem::path&, const std::filesystem::path&,
                              const std::stop_token&)>
        judge = {};
    /// Makes presentations; must outlive the runner. Without it they fail.
    PresentationWork* presentations = nullptr;
    /// Jobs at once.
    int workers = 1;
    /// Of them at most as many by the engine of this name; engines without a number have no limit.
    std::map<std::string, int> engine_limits = {};
    /// How often a job is started before it fails, when the program ends under it.
    int max_attempts = 3;
    /// Finished jobs and their videos are removed after this time; 0 keeps them.
    double keep_finished_s = 0;
    /// Removes what was uploaded before this time (seconds since 1970) and is named by no job;
    /// called after finished jobs went by that time. None: uploads stay. From several threads.
    std::function<void(double before_s)> remove_uploads = {};
    /// May be null; must outlive the runner.
    JobObserver* observer = nullptr;
};

/// Works the queue in threads of its own. One runner for one store.
class JobRunner {
  public:
    /// Brings jobs that a crash interrupted back in order; no thread yet.
    JobRunner(JobStore& store, Engines& engines, RunnerSettings settings);
    /// stop() without waiting for what runs.
    ~JobRunner();
    JobRunner(const JobRunner&) = delete;
    JobRunner& operator=(const JobRunner&) = delete;

    void start();
    /// There is a new job.
    void wake();
    /// Cancels a queued or running job; returns its state after it, nothing where it is unknown.
    std::optional<JobState> cancel(const std::string& id);
    /// No new jobs; what runs may finish within `patience_s`, else it goes back to the queue.
    void stop(double patience_s);

    /// Removes a finished job with its files; false where there is none.
    bool remove(const std::string& id);

    std::filesystem::path video_of(const std::string& id) const;
    /// A small JPEG of the newest frame; it stays with the video. Empty without a folder for it.
    std::filesystem::path preview_of(const std::string& id) const;

  private:
    struct Running {
        std::stop_source stop;
        bool put_back = false;
        /// That the job will run by.
        std::string engine = {};
    };

    void work();
    /// Has `act` change the store, again and again while its disk is full or locked; gives up when
    /// the program ends: the next start finds the job running.
    void insist(const std::function<void()>& act);
    /// The next job that may run now.
    std::optional<Job> take();
    /// The engine that a wish leads to; empty where none can run.
    std::string engine_for(EngineWish wish) const;
    void run(const Job& job);
    /// One attempt; leaves its result in the store. False where the job goes on: a slide that had
    /// failed shall be made again.
    bool attempt(const Job& job, JobReporter& reporter, const std::stop_token& stop);
    /// Makes the video of any kind of job; returns its length in seconds. Throws Error.
    double make_video(const Job& job, JobReporter& reporter, const std::stop_token& stop);
    /// Removes the parts of a presentation that needs them no more.
    void remove_parts(const std::string& id) const;
    /// Tells a job that was stopped because a client wants it to end from one that was stopped
    /// because the program ends.
    void end_stopped(const std::string& id);
    void remove_old();
    void remove_files(const std::string& id) const;
    void remove_preview(const std::string& id) const;
    void judge_finished(const std::stop_token& stop);
    /// Judges one video, unless the stop comes first. Throws Error where the store fails.
    void judge(const std::string& id, const std::stop_token& stop);
    void remove_leftovers() const;

    JobStore& store_;
    Engines& engines_;
    const RunnerSettings settings_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    bool work_waits_ = true;
    std::map<std::string, Running> running_;
    std::vector<std::thread> threads_;
    /// Finished jobs whose videos are to be judged.
    std::deque<std::string> unjudged_;
    std::condition_variable_any judge_waits_;
    std::jthread judge_;
};

}  // namespace ditto::jobs
