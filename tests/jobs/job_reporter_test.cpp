#include "jobs/job_reporter.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace ditto::jobs {
namespace {

using namespace std::chrono_literals;

TEST(JobReporter, FollowsTheTimeThatIsLeft) {
    JobReporter::Clock::time_point now{};
    std::vector<JobProgress> seen;
    JobReporter reporter([&](const JobProgress& progress) { seen.push_back(progress); },
                         [&] { return now; });
    reporter.stage(Stage::prepare, 0);
    now += 2s;
    reporter.stage(Stage::render, 1000);
    // 100 frames a second: 12 s in all.
    for (int frame = 1; frame <= 1000; ++frame) {
        now += 10ms;
        reporter.advance(frame);
        const double true_percent = (2 + frame * 0.01) / 12 * 100;
        if (seen.back().seconds_left && frame > 100) {
            EXPECT_NEAR(seen.back().percent, true_percent, 5);
            EXPECT_NEAR(*seen.back().seconds_left, (1000 - frame) * 0.01, 0.6);
        }
    }
    reporter.stage(Stage::finish, 0);
    EXPECT_EQ(seen.back().percent, 99);
    EXPECT_EQ(seen.back().seconds_left, 0);
    EXPECT_GT(seen.size(), 15U);
    EXPECT_LT(seen.size(), 40U);
    for (std::size_t i = 1; i < seen.size(); ++i)
        EXPECT_GE(seen[i].percent, seen[i - 1].percent);
}

TEST(JobReporter, NeverGoesBackWhenTheWorkSlowsDown) {
    JobReporter::Clock::time_point now{};
    int percent = 0;
    JobReporter reporter(
        [&](const JobProgress& progress) {
            EXPECT_GE(progress.percent, percent);
            percent = progress.percent;
        },
        [&] { return now; });
    reporter.stage(Stage::render, 100);
    for (int frame = 1; frame <= 100; ++frame) {
        now += frame < 50 ? 100ms : 2000ms;
        reporter.advance(frame);
    }
    EXPECT_GT(percent, 90);
    EXPECT_LT(percent, 100);
}

TEST(JobReporter, RemembersTheEngine) {
    JobReporter reporter([](const JobProgress&) {});
    reporter.notice({NoticeCode::engine_chosen, {{"engine", "mesh"}, {"why", "as_asked"}}});
    EXPECT_EQ(reporter.engine(), "mesh");
}

}  // namespace
}  // namespace ditto::jobs
