#include "machine/computer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <cpuid.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ditto::machine {
namespace {

namespace fs = std::filesystem;

std::string value_after(const fs::path& file, const std::string& name) {
    std::ifstream input(file);
    for (std::string line; std::getline(input, line);) {
        if (!line.starts_with(name)) continue;
        const auto colon = line.find(':');
        if (colon == line.npos) continue;
        const auto first = line.find_first_not_of(" \t", colon + 1);
        return first == line.npos ? std::string() : line.substr(first);
    }
    return {};
}

std::int64_t kibibytes(const std::string& text) {
    return std::strtoll(text.c_str(), nullptr, 10) * 1024;
}

/// A number in a control group's file; nothing for "max" and for a missing file.
std::optional<std::int64_t> group_number(const fs::path& file) {
    std::ifstream input(file);
    std::int64_t value = 0;
    if (input >> value && value > 0) return value;
    return {};
}

int cores_of_container() {
    std::ifstream input("/sys/fs/cgroup/cpu.max");
    double quota = 0;
    double period = 0;
    if (input >> quota >> period && period > 0) {
        return std::max(1, static_cast<int>(std::ceil(quota / period)));
    }
    return 1 << 20;
}

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

bool has_amx_bf16() {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1U << 22)) != 0;
}

/// The innermost folder above `folder` that exists.
fs::path existing(const fs::path& folder) {
    std::error_code ignored;
    fs::path place = fs::absolute(folder, ignored);
    while (!fs::exists(place, ignored) && place.has_relative_path())
        place = place.parent_path();
    return place;
}

}  // namespace

Processor find_processor() {
    Processor result;
    result.name = value_after("/proc/cpuinfo", "model name");
    cpu_set_t set;
    CPU_ZERO(&set);
    result.cores = sched_getaffinity(0, sizeof set, &set) == 0
                       ? CPU_COUNT(&set)
                       : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    result.cores = std::min(result.cores, cores_of_container());
    result.avx2 = __builtin_cpu_supports("avx2") != 0;
    result.avx512 = __builtin_cpu_supports("avx512f") != 0;
    result.bf16 = __builtin_cpu_supports("avx512bf16") != 0 || has_amx_bf16();
    return result;
}

Memory find_memory() {
    Memory result{kibibytes(value_after("/proc/meminfo", "MemTotal")),
                  kibibytes(value_after("/proc/meminfo", "MemAvailable"))};
    const auto limit = group_number("/sys/fs/cgroup/memory.max");
    const auto used = group_number("/sys/fs/cgroup/memory.current");
    if (limit && *limit < result.total_bytes) {
        result.total_bytes = *limit;
        result.available_bytes = std::min(result.available_bytes, *limit - used.value_or(0));
    }
    return result;
}

std::optional<DiskSpeed> measure_disk(const fs::path& folder) {
    using Clock = std::chrono::steady_clock;
    constexpr std::size_t block = 1 << 20;
    constexpr int blocks = 32;
    const fs::path file =
        existing(folder) / (".ditto-avatar-speed-" + std::to_string(getpid()) + ".tmp");
    const Descriptor handle(open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (handle.number() < 0) return {};
    unlink(file.c_str());  // gone with the descriptor, whatever happens
    std::vector<char> bytes(block);
    for (std::size_t i = 0; i < block; ++i)
        bytes[i] = static_cast<char>((i * 2654435761U) >> 13);

    const auto begin = Clock::now();
    for (int i = 0; i < blocks; ++i) {
        if (write(handle.number(), bytes.data(), block) != static_cast<ssize_t>(block)) return {};
    }
    fdatasync(handle.number());
    const auto written = Clock::now();
    // Out of the memory, so that the disk itself is read.
    posix_fadvise(handle.number(), 0, 0, POSIX_FADV_DONTNEED);
    lseek(handle.number(), 0, SEEK_SET);
    for (int i = 0; i < blocks; ++i) {
        if (read(handle.number(), bytes.data(), block) != static_cast<ssize_t>(block)) return {};
    }
    const std::chrono::duration<double> writing = written - begin;
    const std::chrono::duration<double> reading = Clock::now() - written;
    const double total = static_cast<double>(block) * blocks;
    return DiskSpeed{total / std::max(writing.count(), 1e-6),
                     total / std::max(reading.count(), 1e-6)};
}

std::string write_obstacle(const fs::path& folder) {
    const fs::path place = existing(folder);
    std::error_code problem;
    if (!fs::is_directory(place, problem)) return place.string() + ": not a folder";
    const fs::path file = place / (".ditto-avatar-write-" + std::to_string(getpid()) + ".tmp");
    const Descriptor handle(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (handle.number() < 0) {
        return place.string() + ": " + std::generic_category().message(errno);
    }
    unlink(file.c_str());
    return {};
}

bool port_is_free(int port) {
    const Descriptor handle(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    setsockopt(handle.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(handle.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::string port_owner(int port) {
    std::string inode;
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream input(table);
        std::string line;
        std::getline(input, line);
        while (std::getline(input, line)) {
            std::istringstream fields(line);
            std::string number, local, remote, state, skipped;
            fields >> number >> local >> remote >> state;
            const auto colon = local.rfind(':');
            if (state != "0A" || colon == local.npos ||
                std::stoi(local.substr(colon + 1), nullptr, 16) != port) {
                continue;
            }
            for (int i = 0; i < 5; ++i)
                fields >> skipped;
            fields >> inode;
        }
    }
    if (inode.empty() || inode == "0") return {};
    std::error_code ignored;
    const auto quiet = fs::directory_options::skip_permission_denied;
    for (const auto& process : fs::directory_iterator("/proc", quiet, ignored)) {
        const std::string number = process.path().filename().string();
        if (number.find_first_not_of("0123456789") != number.npos) continue;
        std::error_code unreadable;
        for (const auto& file : fs::directory_iterator(process.path() / "fd", quiet, unreadable)) {
            if (fs::read_symlink(file.path(), unreadable) != "socket:[" + inode + "]") continue;
            std::ifstream name(process.path() / "comm");
            std::string word;
            std::getline(name, word);
            return word + " (" + number + ")";
        }
    }
    return {};
}

std::vector<fs::path> chinese_fonts(const std::vector<fs::path>& folders) {
    constexpr std::array<std::string_view, 12> names{
        "NotoSansCJK",       "NotoSerifCJK", "NotoSansTC", "wqy-microhei",
        "wqy-zenhei",        "uming",        "ukai",       "SourceHanSans",
        "DroidSansFallback", "msjh",         "PingFang",   "NotoSansHK"};
    std::vector<fs::path> result;
    for (const fs::path& folder : folders) {
        std::error_code problem;
        for (const auto& entry : fs::recursive_directory_iterator(
                 folder, fs::directory_options::skip_permission_denied, problem)) {
            const std::string name = entry.path().filename().string();
            const bool known = std::any_of(names.begin(), names.end(), [&](std::string_view font) {
                return name.starts_with(font);
            });
            if (known) result.push_back(entry.path());
        }
    }
    return result;
}

}  // namespace ditto::machine
