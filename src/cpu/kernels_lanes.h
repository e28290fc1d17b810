#pragma once

// Vectors of `width` floats. Included by kernels_body.h alone.

#include "cpu/kernels.h"

namespace ditto::cpu {
namespace {

using Lane = float __attribute__((vector_size(width * sizeof(float)), aligned(4), may_alias));

using Words = std::uint32_t __attribute__((vector_size(width * sizeof(float)), may_alias));

constexpr int lanes = lane_channels / width;

inline Lane load(const float* from) {
    return *reinterpret_cast<const Lane*>(from);
}
inline void store(float* to, Lane value) {
    *reinterpret_cast<Lane*>(to) = value;
}
inline Lane spread(float value) {
    return value - Lane{};
}

// ---- numbers of half the width: bf16, the upper half of a float

using Halves = std::uint16_t
    __attribute__((vector_size(width * sizeof(std::uint16_t)), aligned(2), may_alias));

/// Rounded to the nearest, in the lower half of each.
inline Words halved(Lane value) {
    const auto bits = reinterpret_cast<Words>(value);
    return (bits + 0x7fffU + (bits >> 16U & 1U)) >> 16U;
}

/// To `to` as to an array of halves.
inline void store_halves(float* to, std::ptrdiff_t at, Lane value) {
    *reinterpret_cast<Halves*>(reinterpret_cast<std::uint16_t*>(to) + at) =
        __builtin_convertvector(halved(value), Halves);
}

}  // namespace
}  // namespace ditto::cpu
