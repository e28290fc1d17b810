// The CUDA driver for tests: one card; FAKE_CUDA_STATUS is what cuInit answers.
#include <cstddef>
#include <cstdlib>
#include <cstring>

extern "C" {

int cuInit(unsigned) {
    const char* text = std::getenv("FAKE_CUDA_STATUS");
    return text == nullptr ? 0 : std::atoi(text);
}
int cuDriverGetVersion(int* version) {
    *version = 13000;
    return 0;
}
int cuDeviceGetCount(int* count) {
    *count = 1;
    return 0;
}
int cuDeviceGet(int* device, int index) {
    *device = index;
    return 0;
}
int cuDeviceGetName(char* text, int size, int) {
    std::strncpy(text, "Orin", static_cast<std::size_t>(size));
    return 0;
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int) {
    *bytes = std::size_t{8} << 30;
    return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
    *value = attribute == 75 ? 8 : 7;
    return 0;
}
}
