#include "machine/gpu.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include <dlfcn.h>

namespace ditto::machine {
namespace {

struct CloseLibrary {
    void operator()(void* library) const { dlclose(library); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

Library open_first(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (Library library{dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL)}) return library;
    }
    return nullptr;
}

/// Calls a function of the library; a library without it answers `missing`.
template <class... Arguments>
int call(const Library& library, const char* name, int missing, Arguments... arguments) {
    using Function = int (*)(Arguments...);
    const auto function = reinterpret_cast<Function>(dlsym(library.get(), name));
    return function == nullptr ? missing : function(arguments...);
}

// NVML's interface, from its public reference.
constexpr int nvml_missing = 13;  // NVML_ERROR_FUNCTION_NOT_FOUND
struct NvmlMemory {
    unsigned long long total = 0;
    unsigned long long free = 0;
    unsigned long long used = 0;
};

GpuProblem problem_from_nvml(int status) {
    switch (status) {
        case 0:
            return GpuProblem::none;
        case 4:
            return GpuProblem::no_permission;
        case 9:
            return GpuProblem::driver_not_loaded;
        case 18:
            return GpuProblem::driver_mismatch;
        default:
            return GpuProblem::failed;
    }
}

Gpu gpu_from_nvml(const Library& nvml, void* device) {
    Gpu gpu;
    std::array<char, 128> name{};
    if (call(nvml, "nvmlDeviceGetName", nvml_missing, device, name.data(),
             static_cast<unsigned>(name.size())) == 0) {
        name.back() = '\0';
        gpu.name = name.data();
    }
    NvmlMemory memory;
    if (call(nvml, "nvmlDeviceGetMemoryInfo", nvml_missing, device, &memory) == 0) {
        gpu.memory_bytes = static_cast<std::int64_t>(memory.total);
        gpu.free_bytes = static_cast<std::int64_t>(memory.free);
    }
    call(nvml, "nvmlDeviceGetCudaComputeCapability", nvml_missing, device, &gpu.compute_major,
         &gpu.compute_minor);
    return gpu;
}

/// False where NVML is not there; otherwise the report says all it knows.
bool ask_nvml(const GpuLibraries& libraries, GpuReport& report) {
    const Library nvml = open_first(libraries.nvml);
    if (!nvml) return false;
    const int status = call(nvml, "nvmlInit_v2", nvml_missing);
    report.problem = problem_from_nvml(status);
    if (status != 0) {
        report.detail = "nvmlInit: " + std::to_string(status);
        return true;
    }
    std::array<char, 96> version{};
    if (call(nvml, "nvmlSystemGetDriverVersion", nvml_missing, version.data(),
             static_cast<unsigned>(version.size())) == 0) {
        version.back() = '\0';
        report.driver_version = version.data();
    }
    call(nvml, "nvmlSystemGetCudaDriverVersion_v2", nvml_missing, &report.cuda_version);
    unsigned count = 0;
    call(nvml, "nvmlDeviceGetCount_v2", nvml_missing, &count);
    for (unsigned index = 0; index < count && index < 64; ++index) {
        void* device = nullptr;
        if (call(nvml, "nvmlDeviceGetHandleByIndex_v2", nvml_missing, index, &device) == 0) {
            report.gpus.push_back(gpu_from_nvml(nvml, device));
        }
    }
    call(nvml, "nvmlShutdown", nvml_missing);
    if (report.gpus.empty()) report.problem = GpuProblem::no_card;
    return true;
}

// The CUDA driver's interface, for computers where NVML is missing (Jetson, some containers).
constexpr int cuda_missing = 500;  // CUDA_ERROR_NOT_FOUND
constexpr int compute_major_attribute = 75;
constexpr int compute_minor_attribute = 76;

bool ask_cuda(const GpuLibraries& libraries, GpuReport& report) {
    const Library cuda = open_first(libraries.cuda);
    if (!cuda) return false;
    const int status = call(cuda, "cuInit", cuda_missing, 0U);
    if (status != 0) {
        report.problem = status == 100 ? GpuProblem::no_card : GpuProblem::failed;
        report.detail = "cuInit: " + std::to_string(status);
        return true;
    }
    call(cuda, "cuDriverGetVersion", cuda_missing, &report.cuda_version);
    int count = 0;
    call(cuda, "cuDeviceGetCount", cuda_missing, &count);
    for (int index = 0; index < count && index < 64; ++index) {
        Gpu gpu;
        int device = 0;
        std::size_t bytes = 0;
        std::array<char, 128> name{};
        call(cuda, "cuDeviceGet", cuda_missing, &device, index);
        call(cuda, "cuDeviceGetName", cuda_missing, name.data(), static_cast<int>(name.size()) - 1,
             device);
        call(cuda, "cuDeviceTotalMem_v2", cuda_missing, &bytes, device);
        call(cuda, "cuDeviceGetAttribute", cuda_missing, &gpu.compute_major,
             compute_major_attribute, device);
        call(cuda, "cuDeviceGetAttribute", cuda_missing, &gpu.compute_minor,
             compute_minor_attribute, device);
        gpu.name = name.data();
        gpu.memory_bytes = static_cast<std::int64_t>(bytes);
        report.gpus.push_back(gpu);
    }
    report.problem = report.gpus.empty() ? GpuProblem::no_card : GpuProblem::none;
    return true;
}

std::string first_word(const std::filesystem::path& file) {
    std::ifstream input(file);
    std::string word;
    input >> word;
    return word;
}

/// A display or 3D controller by NVIDIA, whatever its driver.
bool has_nvidia_card(const std::string& pci_devices) {
    std::error_code problem;
    for (const auto& device : std::filesystem::directory_iterator(pci_devices, problem)) {
        if (first_word(device.path() / "vendor") == "0x10de" &&
            first_word(device.path() / "class").starts_with("0x03")) {
            return true;
        }
    }
    return false;
}

}  // namespace

GpuReport find_gpus(const GpuLibraries& libraries) {
    GpuReport report;
    const bool asked = ask_nvml(libraries, report) || ask_cuda(libraries, report);
    if (!asked || report.problem == GpuProblem::no_card ||
        report.problem == GpuProblem::driver_not_loaded) {
        const bool card = has_nvidia_card(libraries.pci_devices);
        if (!card) report.problem = GpuProblem::no_card;
        if (card && !asked) report.problem = GpuProblem::no_driver;
        if (card && asked) report.problem = GpuProblem::driver_not_loaded;
    }
    return report;
}

}  // namespace ditto::machine
