#include "hub/file_hasher.h"

#include <atomic>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace ditto::hub {
namespace {

TEST(FileHasher, EndsWhenItIsNoLongerWantedWhateverIsLeftToDo) {
    const std::filesystem::path path =
        testing::TempDir() + "hasher_" + std::to_string(getpid()) + ".part";
    std::ofstream(path).put('x');
    constexpr std::int64_t bytes = 256 << 20;
    std::filesystem::resize_file(path, bytes);
    std::atomic<int> finished = 0;
    for (const bool complete : {false, true}) {
        FileHasher hasher(path, bytes, false, [&] { ++finished; });
        hasher.advance(bytes);
        if (complete) hasher.complete(bytes);
    }  // hundreds of megabytes are left
    EXPECT_EQ(finished, 0);
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace ditto::hub
