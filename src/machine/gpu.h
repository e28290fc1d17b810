#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ditto::machine {

struct Gpu {
    std::string name;
    std::int64_t memory_bytes = 0;
    /// Missing where only the CUDA driver could be asked.
    std::optional<std::int64_t> free_bytes;
    /// CUDA's compute capability, e.g. 8.9.
    int compute_major = 0;
    int compute_minor = 0;
};

enum class GpuProblem {
    none,
    no_card,            // no NVIDIA card in this computer
    no_driver,          // a card, but no driver library
    driver_not_loaded,  // the library is there, the kernel's part is not
    driver_mismatch,    // library and kernel are of different versions: a restart is due
    no_permission,
    failed,  // anything else; `detail` says what
};

struct GpuReport {
    GpuProblem problem = GpuProblem::none;
    std::string detail;
    std::string driver_version;  // e.g. "535.183.01"; empty where it is not known
    /// The newest CUDA that the driver runs: 1000 * major + 10 * minor; 0 where it is not known.
    int cuda_version = 0;
    std::vector<Gpu> gpus;
};

/// Names for dlopen(3), tried in order; tests put their own there.
struct GpuLibraries {
    std::vector<std::string> nvml{"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"};
    std::vector<std::string> cuda{"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"};
    std::string pci_devices = "/sys/bus/pci/devices";
};

/// Asks the driver's own libraries, opened at run time: NVML, or else the CUDA driver.
/// Never throws for a missing or broken driver.
GpuReport find_gpus(const GpuLibraries& libraries = {});

}  // namespace ditto::machine
