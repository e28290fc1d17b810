// Downloads in processes of their own: killed, limited, two at once.
#include <csignal>

#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "download_fixture.h"

extern char** environ;

namespace ditto::hub::testing {
namespace {

class ProcessTest : public DownloadTest {
  protected:
    pid_t start(const std::string& content, const std::string& part_bytes,
                rlim_t file_limit = RLIM_INFINITY) {
        const std::string program = std::string(DITTO_BINARY_DIR) + "/tests/hub_download_helper";
        std::vector<std::string> words{program,
                                       hub.endpoint(),
                                       folder,
                                       part_bytes,
                                       "d/a.bin",
                                       sha256_of_text(content),
                                       std::to_string(content.size())};
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        const rlimit limit{file_limit, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
        // The limit's signal is not for us to die of: the write fails instead.
        std::signal(SIGXFSZ, SIG_IGN);
        pid_t child = 0;
        EXPECT_EQ(posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ),
                  0);
        setrlimit(RLIMIT_FSIZE, &before);
        return child;
    }

    static int wait_for(pid_t child) {
        int status = 0;
        waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
};

TEST_F(ProcessTest, KilledInTheMiddleAgainAndAgain) {
    const std::string content = random_bytes(24'000'000);
    hub.put("d/a.bin", content);
    std::atomic<pid_t> child = 0;
    std::atomic<std::int64_t> kill_at = 0;
    hub.on_bytes = [&](std::int64_t sent) {
        if (sent < kill_at) return;
        if (const pid_t victim = child.exchange(0)) kill(victim, SIGKILL);
    };
    int kills = 0;
    for (int i = 0; i < 5; ++i) {
        // The progress record is written four times a second: slow enough to have some.
        hub.put("d/a.bin", content, {.trickle_bytes_per_s = 1'500'000, .trickle_times = 1'000});
        kill_at = hub.bytes_sent() + 3'000'000 + i * 500'000;
        const pid_t started = start(content, "4000000");
        child = started;
        if (wait_for(started) == -SIGKILL) ++kills;
        child = 0;
        const bool there = std::filesystem::exists(folder / "d/a.bin");
        EXPECT_TRUE(!there || read_all(folder / "d/a.bin") == content);
    }
    EXPECT_GE(kills, 3);
    hub.put("d/a.bin", content);
    kill_at = std::int64_t{1} << 60;
    const auto before = hub.bytes_sent();
    EXPECT_EQ(wait_for(start(content, "4000000")), 0);
    EXPECT_LT(hub.bytes_sent() - before, 24'000'000) << "nothing was kept";
    EXPECT_TRUE(read_all(folder / "d/a.bin") == content);
    expect_clean("d/a.bin");
}

TEST_F(ProcessTest, TwoAtOnceDoNoHarm) {
    const std::string content = random_bytes(12'000'000);
    hub.put("d/a.bin", content, {.trickle_bytes_per_s = 20'000'000, .trickle_times = 1'000});
    const pid_t one = start(content, "1000000");
    const pid_t two = start(content, "1000000");
    EXPECT_EQ(wait_for(one), 0);
    EXPECT_EQ(wait_for(two), 0);
    EXPECT_TRUE(read_all(folder / "d/a.bin") == content);
    EXPECT_EQ(hub.bytes_sent(), 12'000'000) << "the second fetched it again";
    expect_clean("d/a.bin");
}

TEST_F(ProcessTest, AFileLimitInTheMiddleIsAFullDisk) {
    const std::string content = random_bytes(3'000'000);
    hub.put("d/a.bin", content);
    EXPECT_EQ(wait_for(start(content, "1000000", 1'500'000)), 3);
    EXPECT_FALSE(std::filesystem::exists(folder / "d/a.bin"));
    EXPECT_EQ(wait_for(start(content, "1000000")), 0);
    EXPECT_TRUE(read_all(folder / "d/a.bin") == content);
}

TEST_F(ProcessTest, TheDiskFillsInTheMiddle) {
    const auto small = folder / "small";
    std::filesystem::create_directories(small);
    if (mount("tmpfs", small.c_str(), "tmpfs", 0, "size=8m") != 0) {
        GTEST_SKIP() << "only root may mount a small file system";
    }
    options.folder = small / "checkpoints";
    const std::string content = random_bytes(5'000'000);
    hub.put("a.bin", content, {.no_linked_headers = true});
    bool filled = false;
    hub.on_bytes = [&](std::int64_t sent) {
        if (sent < 1'000'000 || std::exchange(filled, true)) return;
        std::ofstream(small / "other", std::ios::binary) << random_bytes(7'000'000);
    };
    auto file = entry("a.bin", content, false);
    file.bytes_about = 5'000'000;
    options.connections = 1;
    hub.put("a.bin", content, {.no_linked_headers = true, .refuses_head = true});
    try {
        get({file});
        ADD_FAILURE() << "the disk was not full";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::disk_full);
    }
    EXPECT_FALSE(std::filesystem::exists(options.folder / "a.bin"));
    std::filesystem::remove(small / "other");
    EXPECT_EQ(get({file}).fetched.size(), 1U);
    EXPECT_TRUE(read_all(options.folder / "a.bin") == content);
    umount(small.c_str());
}

}  // namespace
}  // namespace ditto::hub::testing
