#include "engines/ditto/npy.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "reference.h"

namespace ditto::reenact {
namespace {

TEST(Npy, ReadsBack) {
    const auto file =
        std::filesystem::path(testing::TempDir()) / ("tensor_" + std::to_string(getpid()) + ".npy");
    const std::vector<float> values = reference::wave(24, 1);
    write_npy(file, TensorView(std::span<const float>(values), {2, 3, 4}));
    const Tensor back = reference::load_file(file.string());
    EXPECT_EQ(back.shape(), (Shape{2, 3, 4}));
    EXPECT_TRUE(std::ranges::equal(back.values<float>(), values));
    EXPECT_EQ((std::filesystem::file_size(file) - 24 * 4) % 64, 0U);
    std::filesystem::remove(file);
    EXPECT_THROW(write_npy("/nowhere/tensor.npy", back.view()), Error);
}

}  // namespace
}  // namespace ditto::reenact
