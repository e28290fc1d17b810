#include <gtest/gtest.h>

#include "bench/parts.h"

namespace ditto::bench {
namespace {

TEST(GpuBench, TheProcessorTakesTheSameCalls) {
    BenchRequest request;
    request.checkpoints = DITTO_TINY_CHECKPOINTS;
    request.threads = 1;
    request.rounds = 1;
    const Json result = bench_gpu(request, nn::Runtime::open(), nn::Device::cpu);
    EXPECT_EQ(result.at("device"), "cpu");
    EXPECT_EQ(result.at("batch"), 4);
    for (const char* name :
         {"seconds_per_frame", "alone_seconds_per_frame", "exact_seconds_per_frame",
          "copied_seconds_per_frame", "step_seconds", "step_unrecorded_seconds"})
        EXPECT_GT(result.at(name).get<double>(), 0) << name;
    EXPECT_GT(result.at("psnr_db").get<double>(), 45);
    EXPECT_TRUE(result.at("step_recorded").get<bool>());
    EXPECT_EQ(result.at("step_max_rel_diff").get<double>(), 0);
}

}  // namespace
}  // namespace ditto::bench
