#include "base/shared_work.h"

#include <latch>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace ditto {
namespace {

using Doubling = SharedWork<int, int>;

std::vector<int> doubled(std::span<const int> values) {
    std::vector<int> results;
    for (const int value : values)
        results.push_back(2 * value);
    return results;
}

TEST(SharedWork, GivesEachItsOwn) {
    Doubling work(3, doubled);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 6; ++thread) {
        threads.emplace_back([&work, thread] {
            for (int i = 0; i < 500; ++i) {
                const std::vector<int> mine{thread, i, thread * i, 7};
                EXPECT_EQ(work(std::span(mine).first(static_cast<std::size_t>(i % 5))),
                          doubled(std::span(mine).first(static_cast<std::size_t>(i % 5))));
            }
        });
    }
}

TEST(SharedWork, WhoWaitsIsServedTogether) {
    std::vector<std::size_t> groups;
    std::latch begun(1);
    std::latch go_on(1);
    Doubling work(3, [&](std::span<const int> values) {
        groups.push_back(values.size());
        if (groups.size() == 1) {
            begun.count_down();
            go_on.wait();
        }
        return doubled(values);
    });
    std::vector<std::jthread> threads;
    const auto ask = [&](int value) {
        threads.emplace_back(
            [&work, value] { EXPECT_EQ(work(std::span(&value, 1)), std::vector{2 * value}); });
    };
    ask(0);
    begun.wait();
    for (int value = 1; value < 5; ++value)
        ask(value);
    while (work.waiting() < 4)
        std::this_thread::yield();
    go_on.count_down();
    threads.clear();
    EXPECT_EQ(groups.front(), 1U) << "the first waits for nobody";
    EXPECT_EQ(groups, (std::vector<std::size_t>{1, 3, 1}));
}

TEST(SharedWork, OneCallersGroupIsDoneAtOnce) {
    std::vector<std::size_t> groups;
    Doubling work(3, [&](std::span<const int> values) {
        groups.push_back(values.size());
        return doubled(values);
    });
    const std::vector<int> values{1, 2, 3, 4, 5};
    EXPECT_EQ(work(values), doubled(values));
    EXPECT_EQ(groups, (std::vector<std::size_t>{3, 1, 1}));
    EXPECT_TRUE(work({}).empty());
}

TEST(SharedWork, ErrorsGoToThoseWhoAsked) {
    Doubling work(2, [](std::span<const int> values) {
        for (const int value : values) {
            if (value < 0) throw std::runtime_error("negative");
        }
        return doubled(values);
    });
    const std::vector<int> bad{1, -1};
    EXPECT_THROW(work(bad), std::runtime_error);
    const std::vector<int> good{1, 2};
    EXPECT_EQ(work(good), doubled(good)) << "and it goes on";
}

}  // namespace
}  // namespace ditto
