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

TEST(BoundedQueue, GivesWhatIsThere) {
    BoundedQueue<int> queue(8);
    for (int i = 0; i < 6; ++i)
        queue.push(i);
    EXPECT_EQ(queue.pop_some(4), (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(queue.pop_some(4), (std::vector{4, 5})) << "it does not wait for more";
    queue.push(6);
    queue.close();
    EXPECT_EQ(queue.pop_some(4), std::vector{6});
    EXPECT_TRUE(queue.pop_some(4).empty());
}

TEST(BoundedQueue, AGroupMakesRoomForAll) {
    BoundedQueue<int> queue(4);
    std::jthread feeder([&] {
        for (int i = 0; i < 8; ++i)
            queue.push(i);
        queue.close();
    });
    int count = 0;
    for (auto group = queue.pop_some(4); !group.empty(); group = queue.pop_some(4)) {
        for (const int item : group)
            EXPECT_EQ(item, count++);
    }
    EXPECT_EQ(count, 8);
}

}  // namespace
}  // namespace ditto
