#include "base/thread_budget.h"

#include <optional>

#include <gtest/gtest.h>

namespace ditto {
namespace {

TEST(ThreadBudget, SharesAddUpToTheThreads) {
    ThreadBudget budget(4);
    EXPECT_EQ(budget.left(), 4);
    std::optional<ThreadBudget::Share> two(budget.take(1, 2));
    EXPECT_EQ(two->threads(), 2);
    EXPECT_EQ(budget.left(), 2);
    const auto more = budget.take(1, 4);
    EXPECT_EQ(more.threads(), 2);
    EXPECT_EQ(budget.left(), 1) << "nobody waits";
    EXPECT_EQ(budget.take(1, 4).threads(), 1);
    two.reset();
    EXPECT_EQ(budget.left(), 2);
}

TEST(ThreadBudget, WhoUsesTheRestLeavesTheLeastToOthers) {
    ThreadBudget budget(4);
    {
        const auto rest = budget.use_rest();
        EXPECT_EQ(budget.left(), 4);
        const auto one = budget.take(1, 4);
        EXPECT_EQ(one.threads(), 1);
        EXPECT_EQ(budget.left(), 3);
        EXPECT_EQ(budget.take(2, 4).threads(), 2);
    }
    EXPECT_EQ(budget.left(), 4);
    EXPECT_EQ(budget.take(1, 4).threads(), 4);
}

}  // namespace
}  // namespace ditto
