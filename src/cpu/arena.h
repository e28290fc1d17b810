#pragma once

#include <cstddef>
#include <map>
#include <vector>

namespace ditto::cpu {

/// Memory for the maps of one frame after the other, which are the same every time: the system
/// would have to clear it anew for each. Given back to the system when the arena ends. For one
/// thread.
class Arena {
  public:
    Arena() = default;
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// At a multiple of 64 bytes, not set to anything. Throws std::bad_alloc.
    void* take(std::size_t bytes);
    /// What take() returned.
    void give(void* memory);

  private:
    struct Block {
        std::byte* memory;
        std::size_t bytes;
        std::map<std::size_t, std::size_t> free;   // bytes by where they begin
        std::map<std::size_t, std::size_t> taken;  // the same
    };
    std::vector<Block> blocks_;
};

}  // namespace ditto::cpu
