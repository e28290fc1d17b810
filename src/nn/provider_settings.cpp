#include "nn/provider_settings.h"

#include <charconv>

namespace ditto::nn {
namespace {

/// 18 of "1.18.0"; what comes after version 1 knows more than any of it.
int minor_version(std::string_view version) {
    if (!version.starts_with("1.")) return 1000;
    int minor = 0;
    std::from_chars(version.data() + 2, version.data() + version.size(), minor);
    return minor;
}

}  // namespace

ProviderSettings cuda_settings(const SessionOptions& options, std::string_view runtime) {
    ProviderSettings settings{// Memory grows by what is asked for, not in powers of two: others
                              // use the GPU too.
                              {"arena_extend_strategy", "kSameAsRequested"},
                              {"cudnn_conv_use_max_workspace", "1"}};
    // 32 bits are 32 bits: TF32 keeps 10 of the fraction's 23.
    if (minor_version(runtime) >= 18) settings.emplace_back("use_tf32", "0");
    const bool recorded = options.recorded && options.device == Device::cuda;
    if (recorded) settings.emplace_back("enable_cuda_graph", "1");
    return settings;
}

ProviderSettings tensorrt_settings(const SessionOptions& options) {
    ProviderSettings settings{{"trt_fp16_enable", options.half ? "1" : "0"}};
    if (!options.cache.empty()) {
        settings.emplace_back("trt_engine_cache_enable", "1");
        settings.emplace_back("trt_engine_cache_path", options.cache.string());
        settings.emplace_back("trt_timing_cache_enable", "1");
        settings.emplace_back("trt_timing_cache_path", options.cache.string());
    }
    if (options.recorded) settings.emplace_back("trt_cuda_graph_enable", "1");
    return settings;
}

}  // namespace ditto::nn
