#include "base/cache_folder.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace ditto {
namespace {

TEST(CacheFolder, IsWhereTheEnvironmentSays) {
    setenv("HOME", "/home/anna", 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("DITTO_CACHE");
    EXPECT_EQ(cache_folder(), "/home/anna/.cache/ditto-avatar");
    setenv("XDG_CACHE_HOME", "/var/cache", 1);
    EXPECT_EQ(cache_folder(), "/var/cache/ditto-avatar");
    setenv("XDG_CACHE_HOME", "relative", 1);
    EXPECT_EQ(cache_folder(), "/home/anna/.cache/ditto-avatar") << "only whole paths count";
    setenv("XDG_CACHE_HOME", "", 1);
    EXPECT_EQ(cache_folder(), "/home/anna/.cache/ditto-avatar");
    setenv("DITTO_CACHE", "here", 1);
    EXPECT_EQ(cache_folder(), "here");
    unsetenv("DITTO_CACHE");
    unsetenv("HOME");
    EXPECT_TRUE(cache_folder().empty());
}

}  // namespace
}  // namespace ditto
