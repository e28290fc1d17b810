#include "jobs/remaining_time.h"

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace ditto::jobs {
namespace {

/// When each frame is finished, in seconds since the work began.
using Finished = std::function<double(int frame)>;

/// The largest error after `from` of the whole time, as a share of the time that is truly left;
/// half a second is always allowed.
double worst_error(int frames, const Finished& finished, double from = 0.1) {
    const double end = finished(frames);
    RemainingTime remaining;
    remaining.begin(frames);
    double worst = 0;
    int told = 0;
    for (int frame = 1; frame <= frames; ++frame) {
        const double now = finished(frame);
        const auto left = remaining.seconds_left(
            RemainingTime::Clock::time_point(std::chrono::nanoseconds(std::llround(now * 1e9))),
            frame);
        if (now < from * end) continue;
        EXPECT_TRUE(left) << "nothing is told at " << now << " of " << end;
        if (!left) return 1;
        ++told;
        const double truly = end - now;
        const double error = std::max(0., std::abs(*left - truly) - 0.5);
        worst = std::max(worst, error / std::max(truly, 0.5));
    }
    EXPECT_GT(told, 0);
    return worst;
}

TEST(RemainingTime, SteadyWorkIsTold) {
    EXPECT_LT(worst_error(1500, [](int frame) { return 0.005 * frame; }), 0.01);
    // A frame takes seconds, as with large networks on a processor.
    EXPECT_LT(worst_error(100, [](int frame) { return 3. * frame; }), 0.01);
}

TEST(RemainingTime, TheStartOfAPipelineIsNotTakenForItsSpeed) {
    // Networks load for 4 of 34 s before the first frame.
    EXPECT_LT(worst_error(
                  1500, [](int frame) { return 4 + 0.02 * frame; }, 0.13),
              0.2);
    // The encoder takes the first 50 frames at once, then sets the pace.
    EXPECT_LT(
        worst_error(
            1500, [](int frame) { return frame < 50 ? 0.002 * frame : 0.1 + 0.02 * (frame - 50); }),
        0.2);
}

TEST(RemainingTime, UnevenWorkIsToldByItsMean) {
    // Frames come in bursts of 20: the motion of a stretch is computed before its pictures.
    EXPECT_LT(
        worst_error(1500, [](int frame) { return 0.01 * frame + 0.4 * std::floor(frame / 20.); }),
        0.2);
    // Every third frame costs five times as much.
    EXPECT_LT(worst_error(1500, [](int frame) { return 0.01 * frame + 0.04 * (frame / 3); }), 0.2);
}

TEST(RemainingTime, AChangeOfSpeedIsFollowed) {
    // Another load takes half of the machine from a quarter of the frames on. Nobody foresees
    // that; after another third of the time it is told.
    const Finished loaded = [](int frame) {
        return frame < 375 ? 0.01 * frame : 3.75 + 0.02 * (frame - 375);
    };
    EXPECT_LT(worst_error(1500, loaded, 0.45), 0.2);
    const Finished freed = [](int frame) {
        return frame < 375 ? 0.02 * frame : 7.5 + 0.01 * (frame - 375);
    };
    EXPECT_LT(worst_error(1500, freed, 0.7), 0.2);
}

TEST(RemainingTime, ARecordedRunIsTold) {
    // A minute of voice with the mesh engine on two cores: seconds since the program's start and
    // frames that were done, as `generate --progress json` told them.
    const std::vector<std::pair<double, int>> marks{
        {0.28, 1},    {0.78, 98},   {1.29, 191},  {1.79, 287},  {2.29, 391}, {2.79, 482},
        {3.30, 579},  {3.80, 672},  {4.30, 771},  {4.80, 873},  {5.31, 977}, {5.82, 1075},
        {6.32, 1179}, {6.82, 1269}, {7.32, 1374}, {7.83, 1467}, {8.00, 1500}};
    RemainingTime remaining;
    remaining.begin(1500);
    const double end = marks.back().first;
    for (const auto& [time, done] : marks) {
        const auto left = remaining.seconds_left(
            RemainingTime::Clock::time_point(std::chrono::milliseconds(std::llround(time * 1000))),
            done);
        if (time < 0.1 * end) continue;
        ASSERT_TRUE(left) << time;
        EXPECT_NEAR(*left, end - time, 0.2 * (end - time)) << time;
    }
}

TEST(RemainingTime, NothingIsToldTooSoon) {
    RemainingTime remaining;
    const RemainingTime::Clock::time_point start{};
    EXPECT_FALSE(remaining.seconds_left(start, 1));
    remaining.begin(100);
    EXPECT_FALSE(remaining.seconds_left(start, 1));
    EXPECT_FALSE(remaining.seconds_left(start + std::chrono::milliseconds(100), 5));
    EXPECT_FALSE(remaining.seconds_left(start + std::chrono::seconds(1), 1));
    EXPECT_NEAR(*remaining.seconds_left(start + std::chrono::seconds(2), 11), 8.9, 1e-6);
    EXPECT_EQ(*remaining.seconds_left(start + std::chrono::seconds(3), 100), 0);
}

}  // namespace
}  // namespace ditto::jobs
