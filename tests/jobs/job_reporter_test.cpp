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

/// What a run told: a stage that began, or frames that were done.
struct Mark {
    double time_s;
    Stage stage;
    int done;
};

/// A minute of voice (1500 frames) with the mesh engine, from `generate --progress json` on two
/// busy cores.
const std::vector<Mark> recorded_minute{
    {0, Stage::prepare, 0},       {0.118, Stage::find_face, 0}, {0.223, Stage::register_avatar, 0},
    {0.253, Stage::render, 0},    {0.286, Stage::render, 1},    {0.787, Stage::render, 97},
    {1.284, Stage::render, 197},  {1.800, Stage::render, 294},  {2.295, Stage::render, 397},
    {2.797, Stage::render, 502},  {3.306, Stage::render, 601},  {3.804, Stage::render, 704},
    {4.321, Stage::render, 805},  {4.812, Stage::render, 911},  {5.328, Stage::render, 1016},
    {5.831, Stage::render, 1127}, {6.331, Stage::render, 1226}, {6.840, Stage::render, 1326},
    {7.343, Stage::render, 1426}, {7.701, Stage::render, 1500}, {7.709, Stage::finish, 0}};
constexpr double recorded_end_s = 7.757;

/// With every frame between two marks, spread evenly.
std::vector<Mark> every_frame() {
    std::vector<Mark> all;
    for (const Mark& mark : recorded_minute) {
        const Mark before = all.empty() ? mark : all.back();
        for (int frame = before.done + 1; frame < mark.done; ++frame) {
            const double share =
                static_cast<double>(frame - before.done) / (mark.done - before.done);
            all.push_back(
                {before.time_s + share * (mark.time_s - before.time_s), Stage::render, frame});
        }
        all.push_back(mark);
    }
    return all;
}

/// Tells that run `slower` times as slow, and asks on the way as a client that polls. After the
/// first tenth, both the time left and the percent must be true within 20 % of the time that is
/// truly left; the percent stands still for half a second, and between whole percents.
void expect_told_truly(double slower) {
    JobReporter::Clock::time_point now{};
    const auto at = [&](double time_s) {
        now = JobReporter::Clock::time_point(
            std::chrono::nanoseconds(std::llround(time_s * slower * 1e9)));
    };
    JobProgress last;
    JobReporter::Clock::time_point told;
    JobReporter reporter(
        [&](const JobProgress& progress) {
            EXPECT_GE(progress.percent, last.percent);
            last = progress;
            told = now;
        },
        [&] { return now; });
    const double whole_s = recorded_end_s * slower;
    const std::vector<Mark> marks = every_frame();
    auto mark = marks.begin();
    for (double asked = 0; asked < 0.98; asked += 0.04) {
        for (; mark->time_s <= asked * recorded_end_s; ++mark) {
            at(mark->time_s);
            if (mark->done == 0) {
                reporter.stage(mark->stage, mark->stage == Stage::render ? 1500 : 0);
            } else {
                reporter.advance(mark->done);
            }
        }
        if (asked < 0.1) continue;
        const double left_s = whole_s * (1 - asked);
        at(asked * recorded_end_s);
        ASSERT_TRUE(last.seconds_left) << "at " << asked;
        const double since_s = std::chrono::duration<double>(now - told).count();
        EXPECT_NEAR(*last.seconds_left - since_s, left_s, 0.2 * left_s) << "at " << asked;
        EXPECT_NEAR((100 - last.percent) * whole_s / 100, left_s,
                    0.2 * left_s + whole_s / 100 + 0.5)
            << "at " << asked;
    }
}

TEST(JobReporter, ARecordedRunIsToldTruly) {
    expect_told_truly(1);
    // A job of five minutes, and one of an hour.
    expect_told_truly(39);
    expect_told_truly(464);
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
