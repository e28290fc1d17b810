#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ditto::machine {

struct Processor {
    std::string name;
    /// Cores that this process may use, container limits included.
    int cores = 1;
    bool avx2 = false;
    bool avx512 = false;
    bool bf16 = false;  // AVX-512 BF16 or AMX
};
Processor find_processor();

struct Memory {
    std::int64_t total_bytes = 0;
    std::int64_t available_bytes = 0;
};
/// The smaller of the computer's and the container's.
Memory find_memory();

struct DiskSpeed {
    double write_bytes_per_s = 0;
    double read_bytes_per_s = 0;
};
/// Writes a file of 32 MiB into the folder, brings it to the disk, reads it back and removes it.
/// Nothing where the folder cannot be written.
std::optional<DiskSpeed> measure_disk(const std::filesystem::path& folder);

/// Why nothing can be written into the folder, or where it would be made; empty where it can.
std::string write_obstacle(const std::filesystem::path& folder);

/// True where a server could listen on this port of the loopback interface.
bool port_is_free(int port);
/// The program that listens there, as far as this user may know.
std::string port_owner(int port);

/// Files of fonts that have Chinese characters.
std::vector<std::filesystem::path> chinese_fonts(
    const std::vector<std::filesystem::path>& folders = {"/usr/share/fonts",
                                                         "/usr/local/share/fonts"});

}  // namespace ditto::machine
