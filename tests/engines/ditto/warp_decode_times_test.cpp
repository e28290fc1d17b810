#include "engines/ditto/warp_decode_times.h"

#include <gtest/gtest.h>

#include "cpu/kernels.h"

namespace ditto::reenact {
namespace {

TEST(WarpDecodeTimes, ComparesWithOnnxRuntime) {
    if (cpu::kernels_of_this_processor() == nullptr) GTEST_SKIP() << "no AVX2";
    const auto files =
        NetworkFiles::in(std::filesystem::path(DITTO_TINY_CHECKPOINTS) / "ditto_onnx");
    const WarpDecodeTimes times = time_warp_decode(nn::Runtime::open(), files, 2, 2);
    ASSERT_EQ(times.own_s.size(), 2U);
    ASSERT_EQ(times.runtime_s.size(), 2U);
    EXPECT_GT(times.seconds_per_frame(), 0);
    EXPECT_GT(times.speedup_vs_onnxruntime(), 0);
    EXPECT_GT(times.own_processor_s[0], 0);
    // What the product promises for --precision exact.
    EXPECT_LT(times.max_abs_diff, 1e-3);
    EXPECT_LT(times.rms_diff, 1e-5);
    EXPECT_GT(times.max_abs_diff, 0) << "two ways of computing do not round alike";
}

}  // namespace
}  // namespace ditto::reenact
