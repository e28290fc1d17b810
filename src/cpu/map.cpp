#include "cpu/map.h"

#include <new>

#include <sys/mman.h>

namespace ditto::cpu {

Floats::Floats(std::size_t count) : count_(count) {
    constexpr std::size_t line = 64, huge_page = 2 << 20;
    const std::size_t bytes = count * sizeof(float) + line;
    const std::size_t unit = bytes > 2 * huge_page ? huge_page : line;
    const std::size_t whole = (bytes + unit - 1) / unit * unit;
    memory_.reset(static_cast<float*>(std::aligned_alloc(unit, whole)));
    if (memory_ == nullptr) throw std::bad_alloc();
    if (unit == huge_page) madvise(memory_.get(), whole, MADV_HUGEPAGE);
}

Floats::Floats(Arena& arena, std::size_t count)
    : memory_(static_cast<float*>(arena.take(count * sizeof(float))), GiveBack{&arena}),
      count_(count) {}

}  // namespace ditto::cpu
