#include "hub/downloader.h"

#include <algorithm>
#include <list>
#include <thread>
#include <utility>

#include "hub/digest.h"
#include "hub/download_job.h"
#include "hub/http_client.h"
#include "hub/patience.h"
#include "hub/speedometer.h"

namespace ditto::hub {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds longest_step{100};

bool is_success(long status) {
    return status == 200 || status == 206;
}

bool may_pass(long status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

bool is_commit(const std::string& revision) {
    return revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == revision.npos;
}

bool concerns_all(const Error& error) {
    return error.code() == ErrorCode::disk_full || error.code() == ErrorCode::folder_unwritable ||
           error.code() == ErrorCode::memory;
}

HttpSettings http_settings(const DownloadOptions& options) {
    HttpSettings settings;
    settings.user_agent = "ditto-avatar";
    if (options.hub.mirror.empty()) {
        settings.token = options.hub.token;
        settings.token_origin = origin_of(options.hub.endpoint);
    }
    settings.stall_limit = options.stall_limit;
    return settings;
}

/// The downloader: which file is fetched by whom, what is done about failures. One thread; the
/// files' hashes are made in threads of their own (FileHasher).
class Downloader {
  public:
    Downloader(std::span<const checkpoints::ModelFile> files, const DownloadOptions& options,
               DownloadObserver& observer, std::stop_token stop)
        : options_(options),
          observer_(observer),
          stop_(std::move(stop)),
          lock_(LockFile::load(options.folder)),
          http_(http_settings(options)),
          patience_(options.first_wait, options.longest_wait) {
        for (const auto& listed : files)
            add(as_asked(listed, options_.hub));
    }

    DownloadResult run() {
        probe();
        find_present();
        plan();
        transfer();
        return std::move(result_);
    }

  private:
    void add(checkpoints::ModelFile file) {
        const VerifiedFile* known = lock_.find_unchanged(file.name);
        plan_.entries.push_back({file.name, file.expected_bytes(), file.bytes.has_value(), false});
        if (known != nullptr && is_that_file(*known, file)) {
            plan_.entries.back() = {file.name, known->bytes, true, true};
            result_.present.push_back(file.name);
            return;
        }
        const std::string url = url_of(file, options_.hub);
        jobs_.emplace_back(std::move(file), options_.folder, url, [this] { http_.wake(); });
    }

    /// Whether the record settles it without asking anybody: by the hash, or by a revision that
    /// cannot move.
    bool is_that_file(const VerifiedFile& known, const checkpoints::ModelFile& file) const {
        if (!file.sha256.empty()) return known.sha256 == file.sha256;
        return known.revision == revision_of(file, options_.hub) && is_commit(known.revision);
    }

    /// Asks the server what each file is: size and hash, before the first byte is fetched.
    void probe() {
        std::list<DownloadJob*> waiting;
        for (DownloadJob& job : jobs_)
            waiting.push_back(&job);
        while (!waiting.empty() || http_.active() > 0) {
            check_stop();
            for (auto at = waiting.begin(); at != waiting.end();) {
                const bool now = (*at)->not_before <= Clock::now() && quiet_until_ <= Clock::now();
                if (!now || http_.active() >= static_cast<std::size_t>(options_.connections)) {
                    ++at;
                    continue;
                }
                ask(**at, waiting);
                at = waiting.erase(at);
            }
            http_.step(longest_step);
        }
    }

    void ask(DownloadJob& job, std::list<DownloadJob*>& waiting) {
        HttpHandlers handlers;
        handlers.on_done = [this, &job, &waiting](const HttpOutcome& outcome) {
            guarded(job, [&] {
                const long status = outcome.head.status;
                // What a refused or unknown HEAD leaves open the first GET answers.
                if (outcome.complete && (status == 405 || status == 501)) return;
                if (outcome.complete && (status == 200 || outcome.head.is_redirect())) {
                    job.learn(outcome.head);
                } else if (judge(job, outcome)) {
                    waiting.push_back(&job);
                }
            });
        };
        http_.start({.url = job.url(), .head_only = true, .range = {}, .if_range = {}},
                    std::move(handlers));
    }

    /// Files that lie there already, put by hand or by an earlier version, are read once.
    void find_present() {
        for (DownloadJob& job : jobs_) {
            if (job.step() == DownloadJob::Step::failed || job.expected_sha256().empty()) continue;
            const auto path = options_.folder / job.file().name;
            const auto facts = facts_of(path);
            if (!facts || facts->bytes != job.total_bytes()) continue;
            const VerifiedFile* known = lock_.find_unchanged(job.file().name);
            const std::string found = known != nullptr ? known->sha256 : sha256_of(path, stop_);
            if (found != job.expected_sha256()) continue;
            record(job, job.expected_sha256());
            result_.present.push_back(job.file().name);
            done_.push_back(&job);
        }
    }

    bool is_done(const DownloadJob& job) const {
        return std::find(done_.begin(), done_.end(), &job) != done_.end();
    }

    bool is_open(const DownloadJob& job) const {
        return job.step() != DownloadJob::Step::failed &&
               job.step() != DownloadJob::Step::finished && !is_done(job);
    }

    void plan() {
        for (DownloadPlan::Entry& entry : plan_.entries) {
            for (const DownloadJob& job : jobs_) {
                if (job.file().name != entry.name) continue;
                entry.present = is_done(job);
                entry.exact = entry.exact || !job.expected_sha256().empty();
                entry.bytes = job.total_bytes();
                if (is_open(job)) {
                    plan_.missing_bytes +=
                        std::max<std::int64_t>(0, job.total_bytes() - job.bytes_on_disk());
                }
            }
            plan_.total_bytes += entry.bytes;
        }
        plan_.free_bytes = free_bytes(options_.folder);
        observer_.plan(plan_);
        if (plan_.missing_bytes > plan_.free_bytes) {
            throw Error(ErrorCode::disk_full, {{"path", options_.folder.string()}},
                        std::to_string(plan_.missing_bytes) + " bytes needed, " +
                            std::to_string(plan_.free_bytes) + " free");
        }
    }

    void transfer() {
        try {
            while (true) {
                check_stop();
                settle();
                if (!fill() && http_.active() == 0) break;
                http_.step(longest_step);
                report(false);
            }
        } catch (...) {  // thrown again: what was fetched is kept for the next time
            save_all();
            throw;
        }
        report(true);
    }

    /// Gives work to idle connections. False when nothing is left to do or to wait for.
    bool fill() {
        bool open = false;
        int files = 0;
        for (DownloadJob& job : jobs_) {
            if (!is_open(job)) continue;
            open = true;
            // A few files at a time, so that each is soon whole.
            if (++files > options_.connections) break;
            if (job.not_before > Clock::now() || quiet_until_ > Clock::now()) continue;
            guarded(job, [&] {
                if (job.step() == DownloadJob::Step::waiting) job.open(options_.part_bytes);
                while (http_.active() < static_cast<std::size_t>(options_.connections)) {
                    auto lease = job.lease(options_.connections_a_file);
                    if (!lease) break;
                    fetch(job, *lease);
                }
            });
        }
        return open;
    }

    void fetch(DownloadJob& job, DownloadJob::Lease lease) {
        HttpRequest request;
        request.url = job.resolved_url.empty() ? job.url() : job.resolved_url;
        request.range = lease.range();
        request.if_range = request.range.empty() ? std::string() : job.if_range();
        const auto held = std::make_shared<DownloadJob::Lease>(lease);
        HttpHandlers handlers;
        handlers.on_head = [this, &job, held](const HttpHead& head, const std::string& url) {
            if (!is_success(head.status)) return true;
            bool go_on = false;
            guarded(job, [&] { go_on = job.accept(*held, head); });
            if (go_on && origin_of(url) != job.host()) job.resolved_url = url;
            return go_on;
        };
        handlers.on_data = [this, &job, held](std::span<const std::byte> bytes) {
            bool go_on = false;
            guarded(job, [&] { go_on = job.take(*held, bytes); });
            return go_on;
        };
        handlers.on_done = [this, &job, held](const HttpOutcome& outcome) {
            guarded(job, [&] { fetched(job, *held, outcome); });
        };
        http_.start(std::move(request), std::move(handlers));
    }

    void fetched(DownloadJob& job, const DownloadJob::Lease& lease, const HttpOutcome& outcome) {
        const bool good = outcome.complete && is_success(outcome.head.status);
        if (good) job.ends_here(lease);
        const bool satisfied = job.satisfied(lease);
        job.give_back(lease);
        if (job.step() != DownloadJob::Step::moving || !job.holds(lease)) return;
        if (satisfied || (outcome.problem.empty() && !outcome.complete)) {
            if (satisfied) job.failures = 0;
            return;
        }
        if (good) {
            fail_once(job, "the server sent too few bytes", {});
        } else {
            judge(job, outcome);
        }
    }

    /// What a bad answer means: waits and returns true where trying again may help, else fails.
    bool judge(DownloadJob& job, const HttpOutcome& outcome) {
        const long status = outcome.head.status;
        if (!outcome.complete) {
            if (outcome.permanent) fail(job, outcome.problem);
            return fail_once(job, outcome.problem, {});
        }
        const std::string words =
            "HTTP " + std::to_string(status) +
            (outcome.head.error_message.empty() ? std::string()
                                                : ": " + outcome.head.error_message);
        if (may_pass(status)) {
            const auto asked =
                parse_retry_after(outcome.head.retry_after, std::chrono::system_clock::now());
            return fail_once(job, words, asked);
        }
        if (status == 416) {
            job.start_again("the server has no such range");
            return true;
        }
        const bool elsewhere = origin_of(outcome.url) != job.host();
        if (elsewhere) {
            // A signed address that has run out: the hub gives a new one.
            job.resolved_url.clear();
            return fail_once(job, words, {});
        }
        const MessageValues values{{"host", job.host()},
                                   {"path", job.file().name},
                                   {"revision", revision_of(job.file(), options_.hub)},
                                   {"what", words}};
        if (status == 401 || status == 403) throw Error(ErrorCode::download_refused, values);
        if (status == 404 || status == 410) throw Error(ErrorCode::download_absent, values);
        fail(job, words);
    }

    [[noreturn]] void fail(const DownloadJob& job, const std::string& why) const {
        throw Error(ErrorCode::download_failed, {{"path", job.file().name}, {"what", why}});
    }

    /// Counts a failure and waits; connections of one file that break together count once.
    bool fail_once(DownloadJob& job, const std::string& why,
                   std::optional<std::chrono::seconds> asked) {
        const auto now = Clock::now();
        if (job.step() == DownloadJob::Step::moving && !job.can_resume()) job.rewind();
        if (job.not_before > now && !asked) return true;
        const bool moved = job.done_bytes() > job.most_done;
        job.most_done = std::max(job.most_done, job.done_bytes());
        job.failures = moved ? 1 : job.failures + 1;
        if (job.failures > options_.attempts) fail(job, why);
        if (asked && *asked > options_.longest_retry_after) {
            fail(job, why + ", and asks to wait " + std::to_string(asked->count()) + " s");
        }
        const milliseconds wait = patience_.wait(job.failures, moved, asked);
        if (asked) quiet_until_ = std::max(quiet_until_, now + wait);
        job.not_before = now + wait;
        job.last_problem = why;
        observer_.retries(job.file().name, why, wait);
        return true;
    }

    /// Runs `call`; what it throws ends this file, or everything where it concerns all.
    template <class Call>
    void guarded(DownloadJob& job, Call call) {
        try {
            call();
        } catch (const Error& error) {
            if (concerns_all(error)) throw;
            if (error.code() == ErrorCode::download_wrong &&
                job.step() == DownloadJob::Step::moving && ++job.wrong_answers < 3) {
                job.rewind();
                job.not_before = Clock::now() + options_.first_wait;
                job.resolved_url.clear();
                observer_.retries(job.file().name, error.what(), options_.first_wait);
                return;
            }
            if (error.code() == ErrorCode::download_wrong &&
                job.step() == DownloadJob::Step::moving) {
                job.discard();
            }
            job.save();
            job.fail();
            result_.failed.push_back(job.file().name);
            observer_.failed(job.file().name, error);
        }
    }

    void settle() {
        for (DownloadJob& job : jobs_) {
            guarded(job, [&] {
                if (job.all_there() && job.connections == 0) job.check();
                if (job.step() != DownloadJob::Step::checking) return;
                job.settle();
                if (job.step() != DownloadJob::Step::finished) return;
                record(job, job.found_sha256());
                result_.fetched.push_back(job.file().name);
                observer_.finished(job.file().name, job.checked());
            });
        }
    }

    void record(const DownloadJob& job, const std::string& sha256) {
        lock_.put(job.file().name, sha256, job.checked(), revision_of(job.file(), options_.hub));
        lock_.save();
    }

    void report(bool last) {
        const auto now = Clock::now();
        if (!last && now - reported_ < milliseconds(250)) return;
        reported_ = now;
        save_all();
        DownloadProgress progress;
        progress.total_bytes = plan_.total_bytes;
        progress.done_bytes = plan_.total_bytes;
        progress.files = static_cast<int>(plan_.entries.size());
        progress.files_done = static_cast<int>(result_.present.size() + result_.fetched.size());
        for (const DownloadJob& job : jobs_) {
            if (job.step() == DownloadJob::Step::finished || is_done(job)) continue;
            progress.done_bytes -= std::max<std::int64_t>(0, job.total_bytes() - job.done_bytes());
        }
        progress.bytes_per_second = speed_.update(progress.done_bytes, now);
        observer_.progress(progress);
    }

    void save_all() {
        for (DownloadJob& job : jobs_)
            job.save();
    }

    void check_stop() const {
        if (stop_.stop_requested()) throw Error(ErrorCode::cancelled);
    }

    const DownloadOptions& options_;
    DownloadObserver& observer_;
    std::stop_token stop_;
    LockFile lock_;
    DownloadPlan plan_;
    DownloadResult result_;
    HttpClient http_;
    std::list<DownloadJob> jobs_;  // after the client: their hashers wake it
    std::vector<const DownloadJob*> done_;
    Clock::time_point quiet_until_{};
    Clock::time_point reported_{};
    Speedometer speed_;
    Patience patience_;
};

}  // namespace

FolderLock lock_folder(const std::filesystem::path& folder, DownloadObserver& observer,
                       const std::stop_token& stop) {
    make_folder(folder);
    bool told = false;
    while (true) {
        if (auto lock = FolderLock::try_take(folder)) return std::move(*lock);
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        if (!std::exchange(told, true)) observer.waits_for_other();
        std::this_thread::sleep_for(milliseconds(200));
    }
}

DownloadResult download(std::span<const checkpoints::ModelFile> files,
                        const DownloadOptions& options, DownloadObserver& observer,
                        std::stop_token stop) {
    const FolderLock lock = lock_folder(options.folder, observer, stop);
    return Downloader(files, options, observer, std::move(stop)).run();
}

}  // namespace ditto::hub
