#include "nn/provider_settings.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace ditto::nn {
namespace {

std::string value(const ProviderSettings& settings, const std::string& name) {
    const auto found = std::ranges::find(settings, name, &ProviderSettings::value_type::first);
    return found == settings.end() ? "unset" : found->second;
}

TEST(ProviderSettings, OnlyRecordedSessionsHaveGraphs) {
    SessionOptions options{.device = Device::cuda};
    EXPECT_EQ(value(cuda_settings(options, "1.29.0"), "enable_cuda_graph"), "unset");
    options.recorded = true;
    EXPECT_EQ(value(cuda_settings(options, "1.29.0"), "enable_cuda_graph"), "1");
    EXPECT_EQ(value(tensorrt_settings(options), "trt_cuda_graph_enable"), "1");
    options.device = Device::tensorrt;
    EXPECT_EQ(value(cuda_settings(options, "1.29.0"), "enable_cuda_graph"), "unset")
        << "TensorRT records by itself";
    options.recorded = false;
    EXPECT_EQ(value(tensorrt_settings(options), "trt_cuda_graph_enable"), "unset");
}

TEST(ProviderSettings, ThirtyTwoBitsAreNotLessUnasked) {
    const SessionOptions options{.device = Device::cuda};
    EXPECT_EQ(value(cuda_settings(options, "1.18.0"), "use_tf32"), "0");
    EXPECT_EQ(value(cuda_settings(options, "2.0.1"), "use_tf32"), "0");
    EXPECT_EQ(value(cuda_settings(options, "1.17.3"), "use_tf32"), "unset")
        << "1.17 refuses what it does not know";
    EXPECT_EQ(value(tensorrt_settings(options), "trt_fp16_enable"), "0");
    EXPECT_EQ(value(tensorrt_settings({.half = true}), "trt_fp16_enable"), "1");
}

TEST(ProviderSettings, TensorRtKeepsItsEnginesWhereThereIsAFolder) {
    EXPECT_EQ(value(tensorrt_settings({}), "trt_engine_cache_enable"), "unset");
    const auto kept = tensorrt_settings({.cache = "/cache/tensorrt"});
    EXPECT_EQ(value(kept, "trt_engine_cache_enable"), "1");
    EXPECT_EQ(value(kept, "trt_engine_cache_path"), "/cache/tensorrt");
}

}  // namespace
}  // namespace ditto::nn
