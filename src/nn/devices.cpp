#include "nn/devices.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace ditto::nn {
namespace {

constexpr std::array<std::string_view, 4> device_names{"auto", "cpu", "cuda", "tensorrt"};

std::string_view provider_name(Device device) {
    return device == Device::tensorrt ? "TensorRT" : "CUDA";
}

std::string in_gib(std::uint64_t bytes) {
    const std::uint64_t tenths = (bytes * 10 + (1ULL << 29U)) / (1ULL << 30U);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

/// Why the provider's library does not serve; empty where it does.
std::string provider_obstacle(Device device, const DeviceFacts& facts) {
    const auto found = std::ranges::find(facts.providers, provider_name(device), &Provider::name);
    if (found == facts.providers.end() || !found->built_in) return "provider_missing";
    if (found->usable) return {};
    return found->reason.empty() ? "provider_missing" : found->reason;
}

bool too_little_memory(const DeviceFacts& facts) {
    return facts.free_gpu_memory && *facts.free_gpu_memory < facts.required_gpu_memory;
}

DeviceChoice asked_for(Device wish, const DeviceFacts& facts) {
    const std::string why = facts.gpu ? provider_obstacle(wish, facts) : "no_gpu";
    if (!why.empty()) {
        throw Error(ErrorCode::device_unavailable,
                    {{"device", std::string(name_of(wish))}, {"why", why}});
    }
    if (too_little_memory(facts)) {
        throw Error(ErrorCode::gpu_memory, {{"required", in_gib(facts.required_gpu_memory)},
                                            {"free", in_gib(*facts.free_gpu_memory)}});
    }
    return {wish, {}};
}

}  // namespace

std::string_view name_of(Device device) {
    return device_names[static_cast<std::size_t>(device)];
}

std::optional<Device> device_from_name(std::string_view name) {
    const auto found = std::ranges::find(device_names, name);
    if (found == device_names.end()) return std::nullopt;
    return static_cast<Device>(found - device_names.begin());
}

DeviceChoice choose_device(Device wish, const DeviceFacts& facts) {
    if (wish == Device::cpu) return {};
    if (wish != Device::automatic) return asked_for(wish, facts);
    // TensorRT builds its engines for minutes at the first run: only who asks for it gets it.
    if (!facts.gpu) return {};
    if (std::string why = provider_obstacle(Device::cuda, facts); !why.empty()) {
        return {Device::cpu, std::move(why)};
    }
    if (too_little_memory(facts)) return {Device::cpu, "gpu_full"};
    return {Device::cuda, {}};
}

std::uint64_t required_gpu_memory(std::uint64_t file_bytes) {
    return file_bytes + 3 * (1ULL << 29U);
}

}  // namespace ditto::nn
