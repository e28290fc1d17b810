// NVML for tests: FAKE_NVML_STATUS is what nvmlInit answers, FAKE_NVML_GPUS how many there are,
// FAKE_NVML_CUDA which CUDA the driver runs.
#include <cstdlib>
#include <cstring>

namespace {

int number(const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoi(text);
}

int devices[8];

struct Memory {
    unsigned long long total, free, used;
};

}  // namespace

extern "C" {

int nvmlInit_v2() {
    return number("FAKE_NVML_STATUS", 0);
}
int nvmlShutdown() {
    return 0;
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) {
    std::strncpy(text, "535.183.01", size);
    return 0;
}
int nvmlSystemGetCudaDriverVersion_v2(int* version) {
    *version = number("FAKE_NVML_CUDA", 12010);
    return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
    *count = static_cast<unsigned>(number("FAKE_NVML_GPUS", 1));
    return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    *device = &devices[index];
    return 0;
}
int nvmlDeviceGetName(void* device, char* text, unsigned size) {
    std::strncpy(text, device == &devices[0] ? "NVIDIA GeForce RTX 4090" : "NVIDIA T400", size);
    return 0;
}
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
    memory->total = (device == &devices[0] ? 24ULL : 2ULL) << 30;
    memory->free = memory->total - (1ULL << 30);
    memory->used = 1ULL << 30;
    return 0;
}
int nvmlDeviceGetCudaComputeCapability(void*, int* major, int* minor) {
    *major = 8;
    *minor = 9;
    return 0;
}
}
