#include "base/bounded_queue.h"

#include <thread>

#include <gtest/gtest.h>

namespace ditto {
namespace {

TEST(BoundedQueue, GivesItemsInOrderAndEndsAfterClose) {
    BoundedQueue<int> queue(3);
    std::jthread producer([&] {
        for (int i = 0; i < 100; ++i)
            queue.push(i);
        queue.close();
    });
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(queue.pop(), i);
    EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, PushRefusesAfterClose) {
    BoundedQueue<int> queue(1);
    queue.close();
    EXPECT_FALSE(queue.push(1));
}

TEST(BoundedQueue, AbandonWakesAWaitingProducerAndDropsItems) {
    BoundedQueue<int> queue(1);
    ASSERT_TRUE(queue.push(1));
    bool accepted = true;
    {
        std::jthread producer([&] { accepted = queue.push(2); });
        queue.abandon();
    }
    EXPECT_FALSE(accepted);
    EXPECT_EQ(queue.pop(), std::nullopt);
}

}  // namespace
}  // namespace ditto
