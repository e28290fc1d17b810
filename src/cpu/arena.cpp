#include "cpu/arena.h"

#include <algorithm>
#include <iterator>
#include <new>

#include <sys/mman.h>

namespace ditto::cpu {

Arena::~Arena() {
    for (const Block& block : blocks_)
        munmap(block.memory, block.bytes);
}

void* Arena::take(std::size_t bytes) {
    constexpr std::size_t line = 64, least = 256 << 20;
    const std::size_t whole = std::max(line, (bytes + line - 1) / line * line);
    for (Block& block : blocks_) {
        // The lowest place, so that what was never needed is never touched.
        const auto found = std::ranges::find_if(
            block.free, [&](const auto& place) { return place.second >= whole; });
        if (found == block.free.end()) continue;
        const auto [from, size] = *found;
        block.free.erase(found);
        if (size > whole) block.free[from + whole] = size - whole;
        block.taken[from] = whole;
        return block.memory + from;
    }
    const std::size_t size = std::max(least, whole);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    // Tiles are far apart in large maps: with small pages, every one would be looked up.
    madvise(memory, size, MADV_HUGEPAGE);
    blocks_.push_back({static_cast<std::byte*>(memory), size, {{0, size}}, {}});
    return take(bytes);
}

void Arena::give(void* memory) {
    const auto* place = static_cast<std::byte*>(memory);
    for (Block& block : blocks_) {
        if (place < block.memory || place >= block.memory + block.bytes) continue;
        const auto taken = block.taken.extract(static_cast<std::size_t>(place - block.memory));
        auto here = block.free.emplace(taken.key(), taken.mapped()).first;
        if (const auto after = std::next(here);
            after != block.free.end() && after->first == here->first + here->second) {
            here->second += after->second;
            block.free.erase(after);
        }
        if (here == block.free.begin()) return;
        const auto before = std::prev(here);
        if (before->first + before->second == here->first) {
            before->second += here->second;
            block.free.erase(here);
        }
        return;
    }
}

}  // namespace ditto::cpu
