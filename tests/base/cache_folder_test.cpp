#include "base/cache_folder.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

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

TEST(RemoveOlderKept, LeavesWhatIsNotOfItsKind) {
    namespace fs = std::filesystem;
    const fs::path folder =
        fs::path(testing::TempDir()) / ("older_kept_" + std::to_string(getpid()));
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(48);
    const auto make = [&](const std::string& name, int minutes) {
        fs::create_directories(folder);
        std::ofstream(folder / name) << name;
        fs::last_write_time(folder / name, old + std::chrono::minutes(minutes));
    };
    make("net-1.kept", 9);
    make("net-2.kept", 1);
    make("net-3.kept", 3);
    make("net-4.kept", 2);
    make("net-22.kept", 0);
    make("net-2.txts", 0);
    make("not-2.kept", 0);
    make("net-2.kept.part-a", 0);
    make("net-2.kept.part-b", 0);
    make("net-2.kept.mine", 0);
    fs::last_write_time(folder / "net-2.kept.part-b", fs::file_time_type::clock::now());
    const auto names = [&] {
        std::set<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder))
            found.insert(entry.path().filename().string());
        return found;
    };
    const std::set<std::string> others{"net-22.kept", "net-2.txts", "not-2.kept",
                                       "net-2.kept.part-b", "net-2.kept.mine"};
    const auto with_others = [&](std::set<std::string> more) {
        more.insert(others.begin(), others.end());
        return more;
    };
    remove_older_kept(folder / "net-4.kept", "net-", 3);
    EXPECT_EQ(names(), with_others({"net-1.kept", "net-3.kept", "net-4.kept"}));
    remove_older_kept(folder / "net-4.kept", "net-");
    EXPECT_EQ(names(), with_others({"net-4.kept"}));
    fs::create_directories(folder / "net-5.kept" / "below");
    remove_older_kept(folder / "net-4.kept", "net-");
    EXPECT_EQ(names(), with_others({"net-4.kept"})) << "folders too";
    fs::remove_all(folder);
    remove_older_kept(folder / "net-4.kept", "net-");
}

}  // namespace
}  // namespace ditto
