#include "machine/gpu.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace ditto::machine {
namespace {

class GpuTest : public ::testing::Test {
  protected:
    GpuTest() {
        libraries.nvml = {"libdoes-not-exist.so", DITTO_BINARY_DIR "/tests/fake_nvml.so"};
        libraries.cuda = {DITTO_BINARY_DIR "/tests/fake_cuda.so"};
        libraries.pci_devices = folder.string();
        std::filesystem::create_directories(folder);
    }
    ~GpuTest() override {
        for (const char* name :
             {"FAKE_NVML_STATUS", "FAKE_NVML_GPUS", "FAKE_NVML_CUDA", "FAKE_CUDA_STATUS"}) {
            unsetenv(name);
        }
        std::filesystem::remove_all(folder);
    }
    void put_card(const std::string& vendor, const std::string& kind) const {
        std::filesystem::create_directories(folder / "0000:01:00.0");
        std::ofstream(folder / "0000:01:00.0/vendor") << vendor << "\n";
        std::ofstream(folder / "0000:01:00.0/class") << kind << "\n";
    }

    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("ditto_gpu_" + std::to_string(getpid()));
    GpuLibraries libraries;
};

TEST_F(GpuTest, AsksNvmlForEveryCard) {
    setenv("FAKE_NVML_GPUS", "2", 1);
    const GpuReport report = find_gpus(libraries);
    EXPECT_EQ(report.problem, GpuProblem::none);
    EXPECT_EQ(report.driver_version, "535.183.01");
    EXPECT_EQ(report.cuda_version, 12010);
    ASSERT_EQ(report.gpus.size(), 2U);
    EXPECT_EQ(report.gpus[0].name, "NVIDIA GeForce RTX 4090");
    EXPECT_EQ(report.gpus[0].memory_bytes, std::int64_t{24} << 30);
    EXPECT_EQ(report.gpus[0].free_bytes, std::int64_t{23} << 30);
    EXPECT_EQ(report.gpus[0].compute_minor, 9);
    EXPECT_EQ(report.gpus[1].name, "NVIDIA T400");
}

TEST_F(GpuTest, AsksTheCudaDriverWhereNvmlIsMissing) {
    libraries.nvml = {"libdoes-not-exist.so"};
    const GpuReport report = find_gpus(libraries);
    EXPECT_EQ(report.problem, GpuProblem::none);
    ASSERT_EQ(report.gpus.size(), 1U);
    EXPECT_EQ(report.gpus[0].name, "Orin");
    EXPECT_EQ(report.cuda_version, 13000);
    EXPECT_FALSE(report.gpus[0].free_bytes);
}

TEST_F(GpuTest, TellsWhatIsWrongWithTheDriver) {
    put_card("0x10de", "0x030000");
    setenv("FAKE_NVML_STATUS", "18", 1);
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::driver_mismatch);
    setenv("FAKE_NVML_STATUS", "9", 1);
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::driver_not_loaded);
    setenv("FAKE_NVML_STATUS", "4", 1);
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::no_permission);
    setenv("FAKE_NVML_STATUS", "999", 1);
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::failed);
    libraries.nvml = libraries.cuda = {"libdoes-not-exist.so"};
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::no_driver);
}

TEST_F(GpuTest, WithoutACardThereIsNothingToMend) {
    put_card("0x8086", "0x030000");
    libraries.nvml = libraries.cuda = {"libdoes-not-exist.so"};
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::no_card);
    put_card("0x10de", "0x040300");  // the sound of a card is no card
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::no_card);
    libraries.pci_devices = "/does/not/exist";
    EXPECT_EQ(find_gpus(libraries).problem, GpuProblem::no_card);
}

}  // namespace
}  // namespace ditto::machine
