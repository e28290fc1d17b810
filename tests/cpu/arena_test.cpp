#include "cpu/arena.h"

#include <cstdint>
#include <cstring>

#include <gtest/gtest.h>

namespace ditto::cpu {
namespace {

TEST(Arena, GivesAlignedMemoryThatDoesNotOverlap) {
    Arena arena;
    auto* a = static_cast<char*>(arena.take(100));
    auto* b = static_cast<char*>(arena.take(100));
    std::memset(a, 1, 100);
    std::memset(b, 2, 100);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a) % 64, 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(b) % 64, 0U);
    EXPECT_EQ(a[99], 1);
    EXPECT_EQ(b[0], 2);
}

TEST(Arena, UsesAgainWhatWasGivenBackWhateverTheOrder) {
    Arena arena;
    void* a = arena.take(1000);
    void* b = arena.take(1000);
    void* c = arena.take(1000);
    void* d = arena.take(1000);
    arena.give(a);
    arena.give(c);
    arena.give(b);  // joins both
    EXPECT_EQ(arena.take(3000), a);
    arena.give(a);
    arena.give(d);
    EXPECT_EQ(arena.take(200 << 20), a) << "one piece again";
}

TEST(Arena, GrowsByPiecesOfAnySize) {
    Arena arena;
    void* small = arena.take(1);
    auto* large = static_cast<char*>(arena.take(300 << 20));
    large[(300 << 20) - 1] = 1;
    arena.give(large);
    EXPECT_EQ(arena.take(300 << 20), large);
    arena.give(small);
    EXPECT_EQ(arena.take(1), small);
}

}  // namespace
}  // namespace ditto::cpu
