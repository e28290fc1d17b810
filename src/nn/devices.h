#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "nn/providers.h"

namespace ditto::nn {

/// What networks run on. `automatic` is only a wish: the fastest that is usable.
enum class Device { automatic, cpu, cuda, tensorrt };

/// "auto", "cpu", "cuda" or "tensorrt".
std::string_view name_of(Device device);
/// Nothing where it is no such name.
std::optional<Device> device_from_name(std::string_view name);

/// What is known about a computer before anything is loaded on its GPU.
struct DeviceFacts {
    /// find_providers().
    std::span<const Provider> providers;
    /// There is a GPU whose driver answers.
    bool gpu = false;
    /// Of its memory, free; nothing where the driver does not say. Bytes.
    std::optional<std::uint64_t> free_gpu_memory = {};
    /// That the networks will take; 0 where it is not known. Bytes.
    std::uint64_t required_gpu_memory = 0;
};

struct DeviceChoice {
    /// Never automatic.
    Device device = Device::cpu;
    /// Why not a faster one: a name of base/messages.cpp, or the system's words. Empty where the
    /// device is the one wished for, or where this computer has no GPU that could have been used.
    std::string why;
};

/// Throws Error{device_unavailable, gpu_memory} where a device was asked for by name and cannot be
/// had; `automatic` falls back to the processor and says why.
DeviceChoice choose_device(Device wish, const DeviceFacts& facts);

/// Bytes of a GPU's memory that networks with these bytes of files take: their weights, the
/// results of the largest, and CUDA's own libraries (1.5 GiB).
std::uint64_t required_gpu_memory(std::uint64_t file_bytes);

}  // namespace ditto::nn
