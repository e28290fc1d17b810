#include "cpu/pool.h"

#include <atomic>
#include <barrier>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

namespace ditto::cpu {
namespace {

TEST(Pool, DoesEveryPartOnce) {
    for (const int threads : {1, 2, 5}) {
        Pool pool(threads);
        EXPECT_EQ(pool.threads(), threads);
        for (const int parts : {0, 1, 3, 100}) {
            std::vector<std::atomic<int>> done(static_cast<std::size_t>(parts));
            std::atomic<bool> within = true;
            pool.run(parts, [&](int part, int thread) {
                ++done[static_cast<std::size_t>(part)];
                if (thread < 0 || thread >= threads) within = false;
            });
            for (const auto& count : done)
                ASSERT_EQ(count, 1);
            EXPECT_TRUE(within);
        }
    }
}

TEST(Pool, UsesWhatOthersLeave) {
    ThreadBudget budget(4);
    Pool pool(4, &budget);
    const auto threads_used = [&] {
        std::mutex mutex;
        std::set<int> threads;
        pool.run(200, [&](int, int thread) {
            const std::lock_guard lock(mutex);
            threads.insert(thread);
        });
        return threads;
    };
    {
        const auto three = budget.take(3, 3);
        EXPECT_EQ(threads_used(), std::set{0});
    }
    const auto two = budget.take(2, 2);
    for (int i = 0; i < 20; ++i) {
        EXPECT_LT(*threads_used().rbegin(), 2);
    }
}

/// All threads meet in one piece of work after they were few.
TEST(Pool, ComesBackToAllThreads) {
    ThreadBudget budget(3);
    Pool pool(3, &budget);
    for (int i = 0; i < 20; ++i) {
        {
            const auto two = budget.take(2, 2);
            pool.run(4, [](int, int) {});
        }
        std::barrier<> all(3);
        pool.run(3, [&](int, int) { all.arrive_and_wait(); });
    }
}

}  // namespace
}  // namespace ditto::cpu
