#include "cpu/pool.h"

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

}  // namespace
}  // namespace ditto::cpu
