#include "nn/devices.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/messages.h"
#include "nn/session.h"

namespace ditto::nn {
namespace {

constexpr std::uint64_t gib = 1ULL << 30U;

std::vector<Provider> providers(bool cuda, const std::string& reason = {}) {
    return {{"CPU", true, true, {}}, {"CUDA", cuda, cuda || !reason.empty(), reason}};
}

Error refused(Device wish, const DeviceFacts& facts) {
    try {
        choose_device(wish, facts);
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "was taken";
    return Error(ErrorCode::internal);
}

std::string why_of(const Error& error) {
    for (const auto& [name, value] : error.values()) {
        if (name == "why") return value;
    }
    return {};
}

TEST(Devices, HaveNames) {
    for (const Device device : {Device::automatic, Device::cpu, Device::cuda, Device::tensorrt}) {
        EXPECT_EQ(device_from_name(name_of(device)), device);
    }
    EXPECT_EQ(device_from_name("gpu"), std::nullopt);
    EXPECT_EQ(device_from_name(""), std::nullopt);
}

TEST(Devices, AutomaticTakesAGpuThatCanBeUsed) {
    const auto list = providers(true);
    const DeviceChoice choice = choose_device(Device::automatic, {list, true, 8 * gib, 3 * gib});
    EXPECT_EQ(choice.device, Device::cuda);
    EXPECT_EQ(choice.why, "");
}

TEST(Devices, AutomaticFallsBackAndSaysWhy) {
    const auto broken = providers(false, "libcudnn.so.9 is missing");
    const auto bare = providers(false);
    const auto good = providers(true);
    const auto fallback = [](const DeviceFacts& facts) {
        const DeviceChoice choice = choose_device(Device::automatic, facts);
        EXPECT_EQ(choice.device, Device::cpu);
        return choice.why;
    };
    EXPECT_EQ(fallback({broken, true}), "libcudnn.so.9 is missing");
    EXPECT_EQ(fallback({bare, true}), "provider_missing");
    EXPECT_EQ(fallback({{}, true}), "provider_missing");
    EXPECT_EQ(fallback({good, true, 2 * gib, 3 * gib}), "gpu_full");
    // Nobody who has no GPU wants to hear of it.
    EXPECT_EQ(fallback({bare, false}), "");
}

TEST(Devices, TheProcessorNeedsNothing) {
    EXPECT_EQ(choose_device(Device::cpu, {}).device, Device::cpu);
}

TEST(Devices, WhatIsAskedForByNameIsGivenOrRefused) {
    const auto good = providers(true);
    const auto bare = providers(false);
    EXPECT_EQ(choose_device(Device::cuda, {good, true}).device, Device::cuda);
    const Error without_card = refused(Device::cuda, {good, false});
    EXPECT_EQ(without_card.code(), ErrorCode::device_unavailable);
    EXPECT_EQ(why_of(without_card), "no_gpu");
    EXPECT_EQ(why_of(refused(Device::cuda, {bare, true})), "provider_missing");
    EXPECT_EQ(why_of(refused(Device::tensorrt, {good, true})), "provider_missing");
}

TEST(Devices, TooLittleGpuMemoryIsToldInNumbers) {
    const auto good = providers(true);
    const Error error = refused(Device::cuda, {good, true, 2 * gib, required_gpu_memory(2 * gib)});
    EXPECT_EQ(error.code(), ErrorCode::gpu_memory);
    const std::string english = user_message(error, Language::english);
    EXPECT_NE(english.find("3.5 GiB"), std::string::npos) << english;
    EXPECT_NE(english.find("2.0 GiB"), std::string::npos) << english;
    EXPECT_NE(english.find("--device cpu"), std::string::npos) << english;
}

TEST(Devices, AProviderThatIsNotThereIsAnError) {
    // The runtime that comes with the program knows the processor only.
    const auto runtime = Runtime::open();
    for (const Provider& provider : find_providers(*runtime)) {
        if (provider.name == "CUDA" && provider.usable) GTEST_SKIP() << "has CUDA";
    }
    const std::string empty;
    for (const Device device : {Device::cuda, Device::tensorrt}) {
        EXPECT_THROW(Session(runtime, std::as_bytes(std::span(empty)), "model",
                             {.threads = 1, .device = device}),
                     Error);
    }
}

}  // namespace
}  // namespace ditto::nn
