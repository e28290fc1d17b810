#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "cpu/pool.h"

namespace ditto::cpu {

/// Weights in the order in which this room's loops read them, at a multiple of 64 bytes; made here,
/// or a part of what an earlier start has kept on disk.
using Packed = std::shared_ptr<const float[]>;

/// Gives a network its packed weights, one part after the other: makes them, or takes them from
/// what was made before.
class Packer {
  public:
    /// Makes all of them.
    explicit Packer(Pool& pool) : pool_(pool) {}
    /// Takes them from the `count` floats of `kept`, in the order in which they were made.
    Packer(Pool& pool, Packed kept, std::size_t count)
        : pool_(pool), kept_(std::move(kept)), left_(count) {}

    /// The next `count` floats, a multiple of 16. `make` sets all of them.
    Packed pack(std::size_t count, const std::function<void(float*)>& make);

    /// Whether all came from what was kept, and nothing is left of it.
    bool took_all() const { return parts_.empty() && left_ == 0; }

    struct Part {
        Packed weights;
        std::size_t count;
    };
    /// Those that were made, in order.
    std::span<const Part> made() const { return parts_; }

    Pool& pool() const { return pool_; }

  private:
    Pool& pool_;
    Packed kept_;
    std::size_t taken_ = 0;
    std::size_t left_ = 0;
    std::vector<Part> parts_;
};

}  // namespace ditto::cpu
