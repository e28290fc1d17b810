#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

#include "cpu/arena.h"
#include "cpu/kernels.h"
#include "cpu/pool.h"

namespace ditto::cpu {

/// Frees memory, or gives it back to its arena.
struct GiveBack {
    Arena* arena = nullptr;
    void operator()(float* memory) const {
        if (arena == nullptr) {
            std::free(memory);
        } else {
            arena->give(memory);
        }
    }
};

/// Floats at a multiple of 64 bytes, not set to anything.
class Floats {
  public:
    Floats() = default;
    explicit Floats(std::size_t count);
    /// Given back to the arena when it ends.
    Floats(Arena& arena, std::size_t count);
    float* data() const { return memory_.get(); }
    std::size_t count() const { return count_; }
    /// Contents are lost where it grows.
    float* at_least(std::size_t count) {
        if (count > count_) *this = Floats(count);
        return data();
    }

  private:
    std::unique_ptr<float[], GiveBack> memory_;
    std::size_t count_ = 0;
};

/// Borrows values laid out as [depth][height][width][channels]. `channels` is the distance between
/// neighbours and may be more than what is looked at.
struct Map {
    float* data = nullptr;
    int depth = 1;
    int height = 0;
    int width = 0;
    int channels = 0;
    int shift = 0;  // every value stands for 2^shift x 2^shift of a plane

    std::size_t count() const {
        return static_cast<std::size_t>(depth) * static_cast<std::size_t>(height) *
               static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
    }
    int shown_height() const { return height << shift; }
    int shown_width() const { return width << shift; }
    /// Null outside.
    float* at(int z, int y, int x) const {
        if (z < 0 || z >= depth || y < 0 || y >= shown_height() || x < 0 || x >= shown_width()) {
            return nullptr;
        }
        return data +
               ((static_cast<std::ptrdiff_t>(z) * height + (y >> shift)) * width + (x >> shift)) *
                   channels;
    }
    Map from_channel(int channel) const {
        Map result = *this;
        result.data += channel;
        return result;
    }
    Map enlarged(int by) const {
        Map result = *this;
        result.shift += by;
        return result;
    }
};

/// Memory for a map.
struct OwnMap : Map {
    OwnMap() = default;
    OwnMap(int d, int h, int w, int c) : Map{nullptr, d, h, w, c, 0} {
        memory = Floats(count());
        data = memory.data();
    }
    OwnMap(Arena& arena, int d, int h, int w, int c) : Map{nullptr, d, h, w, c, 0} {
        memory = Floats(arena, count());
        data = memory.data();
    }
    Floats memory;
};

/// What a thread needs while it works, kept from call to call.
struct Workshop {
    explicit Workshop(const Kernels& which, int threads, bool with_halves = false,
                      const ThreadBudget* budget = nullptr)
        : kernels(which),
          halves(with_halves && which.multiply_pairs != nullptr),
          pool(threads, budget),
          benches(static_cast<std::size_t>(threads)) {}
    struct Bench {
        Floats entered, combined, products, left;
    };
    const Kernels& kernels;
    /// Convolutions of two axes multiply bf16 instead of floats.
    const bool halves;
    Arena arena;
    Pool pool;
    std::vector<Bench> benches;
};

}  // namespace ditto::cpu
