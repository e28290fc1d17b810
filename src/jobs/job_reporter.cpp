#include "jobs/job_reporter.h"

#include <algorithm>
#include <array>

namespace ditto::jobs {
namespace {

/// At first an estimate is soon better by much.
double save_interval_s(double passed_s) {
    return std::clamp(passed_s / 8, 0.1, 0.5);
}

/// Where each stage begins, until the time left is known.
constexpr std::array<int, 5> first_percent{1, 2, 4, 5, 99};

double seconds(JobReporter::Clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

JobReporter::JobReporter(Save save, std::function<Clock::time_point()> now)
    : save_(std::move(save)), now_(std::move(now)), began_(now_()), stage_began_(began_) {}

AttemptTimes JobReporter::finish() {
    const auto now = now_();
    if (in_stage_) times_.stages[progress_.stage] += seconds(now - stage_began_);
    in_stage_ = false;
    times_.whole_s = seconds(now - began_);
    return times_;
}

void JobReporter::stage(Stage stage, std::int64_t total) {
    finish();
    in_stage_ = true;
    stage_began_ = now_();
    remaining_.begin(total);
    progress_.stage = stage;
    progress_.seconds_left.reset();
    // It takes moments, and cannot be counted.
    if (stage == Stage::finish) progress_.seconds_left = 0;
    progress_.percent = std::max(progress_.percent, first_percent[static_cast<std::size_t>(stage)]);
    save(stage_began_);
}

void JobReporter::advance(std::int64_t done) {
    const auto now = now_();
    times_.frames = done;
    const auto left_s = remaining_.seconds_left(now, done);
    const double passed_s = seconds(now - began_);
    if (!left_s || seconds(now - saved_) < save_interval_s(passed_s)) return;
    const double share = passed_s / std::max(passed_s + *left_s, 1e-6);
    progress_.seconds_left = left_s;
    progress_.percent = std::max(progress_.percent, std::min(98, static_cast<int>(share * 100)));
    save(now);
}

void JobReporter::notice(const Notice& notice) {
    if (notice.code != NoticeCode::engine_chosen) return;
    for (const auto& [name, value] : notice.values) {
        if (name == "engine") engine_ = value;
    }
}

void JobReporter::save(Clock::time_point now) {
    saved_ = now;
    save_(progress_);
}

}  // namespace ditto::jobs
