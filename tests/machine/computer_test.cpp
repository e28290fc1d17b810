#include "machine/computer.h"

#include <fstream>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ditto::machine {
namespace {

namespace fs = std::filesystem;

TEST(Computer, HasAProcessorAndMemory) {
    EXPECT_GE(find_processor().cores, 1);
    const Memory memory = find_memory();
    EXPECT_GT(memory.total_bytes, 100'000'000);
    EXPECT_GT(memory.available_bytes, 0);
    EXPECT_LE(memory.available_bytes, memory.total_bytes);
}

TEST(Computer, MeasuresADiskAndLeavesNothing) {
    const fs::path folder = fs::temp_directory_path() / ("ditto_disk_" + std::to_string(getpid()));
    fs::create_directories(folder);
    const auto speed = measure_disk(folder);
    ASSERT_TRUE(speed);
    EXPECT_GT(speed->write_bytes_per_s, 1e5);
    EXPECT_GT(speed->read_bytes_per_s, 1e5);
    EXPECT_EQ(write_obstacle(folder / "not" / "yet"), "");
    EXPECT_TRUE(fs::is_empty(folder));
    fs::remove_all(folder);
    EXPECT_NE(write_obstacle("/proc/x"), "");
    EXPECT_FALSE(measure_disk("/proc/x"));
}

TEST(Computer, KnowsWhoListens) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    const int port = ntohs(address.sin_port);
    EXPECT_FALSE(port_is_free(port));
    EXPECT_EQ(port_owner(port), "machine_test (" + std::to_string(getpid()) + ")");
    close(listener);
    EXPECT_TRUE(port_is_free(port));
    EXPECT_EQ(port_owner(port), "");
}

TEST(Computer, FindsChineseFonts) {
    const fs::path folder = fs::temp_directory_path() / ("ditto_font_" + std::to_string(getpid()));
    fs::create_directories(folder / "truetype");
    EXPECT_TRUE(chinese_fonts({folder}).empty());
    std::ofstream(folder / "truetype/DejaVuSans.ttf") << "x";
    EXPECT_TRUE(chinese_fonts({folder}).empty());
    std::ofstream(folder / "truetype/NotoSansCJK-Regular.ttc") << "x";
    EXPECT_EQ(chinese_fonts({folder, "/does/not/exist"}).size(), 1U);
    fs::remove_all(folder);
}

}  // namespace
}  // namespace ditto::machine
