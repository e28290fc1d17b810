// What a diagnosis says, word for word where users know it from the Python version.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <unistd.h>

#include "machine/gpu.h"
#include "setup/diagnosis.h"
#include "setup/download_view.h"
#include "setup/verdicts.h"

namespace ditto::setup {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

machine::GpuReport report_of(std::vector<machine::Gpu> gpus, int cuda) {
    machine::GpuReport report;
    report.gpus = std::move(gpus);
    report.cuda_version = cuda;
    return report;
}

machine::Gpu card(const std::string& name, double gibibytes) {
    machine::Gpu gpu;
    gpu.name = name;
    gpu.memory_bytes = static_cast<std::int64_t>(gibibytes * 1024 * 1024 * 1024);
    return gpu;
}

TEST(Report, FramesTheGpuAsThePythonVersionDid) {
    const Section section = check_gpu(report_of({card("NVIDIA GeForce RTX 4090", 24)}, 13000));
    EXPECT_EQ(framed(section, Language::traditional_chinese),
              "==================================================\n"
              "GPU 環境檢查\n"
              "==================================================\n"
              "✅ GPU: NVIDIA GeForce RTX 4090\n"
              "✅ VRAM: 24.0 GB\n"
              "✅ CUDA: 13.0\n"
              "✅ VRAM 充足\n\n");
}

TEST(Report, SeveralCardsAreNumberedAndJudgedOneByOne) {
    const Section section =
        check_gpu(report_of({card("A", 24), card("B", 5), card("C", 2)}, 13000));
    const std::string text = framed(section, Language::english);
    EXPECT_THAT(text, HasSubstr("✅ GPU: [1] B\n"));
    EXPECT_THAT(text, HasSubstr("VRAM is tight"));
    EXPECT_THAT(text, HasSubstr("❌ Too little VRAM for Ditto (at least 4 GB)\n   → "));
}

TEST(Report, AnOldDriverIsAWarningWithItsCure) {
    const std::string text =
        framed(check_gpu(report_of({card("A", 24)}, 12010)), Language::traditional_chinese);
    EXPECT_THAT(text,
                HasSubstr("CUDA: 12.1,GPU 版 ONNX Runtime 需要 13.0:驅動程式過舊\n   → sudo "));
}

TEST(Report, EveryComplaintHasACommand) {
    using machine::GpuProblem;
    for (const GpuProblem problem :
         {GpuProblem::no_card, GpuProblem::no_driver, GpuProblem::driver_not_loaded,
          GpuProblem::driver_mismatch, GpuProblem::no_permission, GpuProblem::failed}) {
        machine::GpuReport report;
        report.problem = problem;
        for (const Finding& finding : check_gpu(report).findings) {
            EXPECT_FALSE(finding.command.empty()) << name_of(finding.say);
        }
    }
    DiagnosisOptions options;
    options.checkpoints = "/proc/nothing";
    options.data = "/proc/nothing";
    for (const Section& section : {check_disk(options), check_processor(), check_dependencies({}),
                                   check_models(options), check_service(options)}) {
        EXPECT_FALSE(section.findings.empty());
        for (const Finding& finding : section.findings) {
            const bool complaint = finding.level == Level::warning || finding.level == Level::bad;
            EXPECT_TRUE(!complaint || !finding.command.empty()) << name_of(finding.say);
        }
    }
}

/// The folder of programs, and PATH as it was.
class ProgramsTest : public ::testing::Test {
  protected:
    ProgramsTest() {
        fs::remove_all(folder);
        fs::create_directories(folder);
        setenv("PATH", folder.c_str(), 1);
    }
    ~ProgramsTest() override {
        setenv("PATH", before.c_str(), 1);
        fs::remove_all(folder);
    }

    void install(const std::string& name) const {
        std::ofstream(folder / name) << "#!/bin/sh\n";
        fs::permissions(folder / name, fs::perms::owner_all);
    }

    fs::path folder = fs::temp_directory_path() / ("ditto_report_test_" + std::to_string(getpid()));
    std::string before = std::getenv("PATH");
};

TEST_F(ProgramsTest, WhatSlidesAndSpeechNeedIsNamedWithItsCure) {
    // Slides take three of poppler's programs.
    install("pdfinfo");
    install("pdftocairo");
    const Section section = check_dependencies({});
    EXPECT_THAT(
        framed(section, Language::english),
        EndsWith("⚠️  Slides cannot be read: poppler (pdftotext) is not installed\n"
                 "   → sudo apt-get install poppler-utils\n"
                 "ℹ️  PPTX cannot be read, only PDF: LibreOffice (soffice) is not installed\n"
                 "   → sudo apt-get install libreoffice-impress\n"
                 "⚠️  Scripts can be spoken only by a program of yours (--speech): "
                 "espeak-ng is not installed\n"
                 "   → sudo apt-get install espeak-ng\n\n"));
    EXPECT_THAT(framed(section, Language::traditional_chinese),
                HasSubstr("尚未安裝 LibreOffice(soffice)\n   → sudo "));
}

TEST_F(ProgramsTest, WhatIsThereIsToldWithItsPlace) {
    for (const char* name : {"pdfinfo", "pdftocairo", "pdftotext", "soffice", "espeak-ng"})
        install(name);
    const std::string at = folder.string() + "/";
    EXPECT_THAT(framed(check_dependencies({}), Language::english),
                EndsWith("✅ Slides from PDF: " + at + "pdfinfo\n✅ Slides from PPTX: LibreOffice (" +
                         at + "soffice)\n✅ Speech: " + at + "espeak-ng\n\n"));
}

TEST(Report, EveryLineIsInBothLanguages) {
    for (int i = 0; i <= static_cast<int>(Say::video_made); ++i) {
        const Say say = static_cast<Say>(i);
        EXPECT_FALSE(name_of(say).empty());
        EXPECT_FALSE(text_of(say, {{"name", "x"}}, Language::english).empty()) << name_of(say);
        EXPECT_FALSE(text_of(say, {{"name", "x"}}, Language::traditional_chinese).empty());
    }
}

TEST(Report, FilesComeWithWhatMendsThem) {
    hub::FileReport file;
    file.name = "ditto_onnx/it's.onnx";
    file.state = hub::FileState::extra;
    EXPECT_EQ(finding_of(file, "my dir").command, "rm 'my dir/ditto_onnx/it'\\''s.onnx'");
    file.name = "ditto_pytorch/models/decoder.pth";
    file.state = hub::FileState::truncated;
    file.bytes = 1'000'000;
    file.expected_bytes = 221'813'590;
    EXPECT_EQ(
        line_of(finding_of(file, "checkpoints"), Language::english),
        "❌ ditto_pytorch/models/decoder.pth: incomplete (1.0 MB of 221.8 MB)\n"
        "   → ditto-avatar setup --download-models --set pytorch --checkpoints checkpoints\n");
}

TEST(Report, AFileThatTheHubRefusesNamesTheTokenInItsCommand) {
    std::ostringstream out;
    DownloadView view(out, ViewMode::lines, Language::english, "c", "again");
    view.failed("a.bin", Error(ErrorCode::download_refused,
                               {{"host", "h"}, {"path", "a.bin"}, {"what", "401"}}));
    view.failed("b.bin", Error(ErrorCode::download_failed));
    view.retries("b.bin", "503", std::chrono::seconds(2));
    ASSERT_EQ(view.section().findings.size(), 3U);
    EXPECT_EQ(view.section().findings[0].command, "HF_TOKEN=hf_... again");
    EXPECT_EQ(view.section().findings[1].command, "again");
    EXPECT_EQ(view.section().findings[2].level, Level::note) << "it mends itself";
}

TEST(Report, CommandsQuoteFoldersWithSpaces) {
    DiagnosisOptions options;
    options.checkpoints = "/proc/it's mine";
    bool found = false;
    for (const Finding& finding : check_service(options).findings) {
        found |= finding.command.find("sudo mkdir -p '/proc/it'\\''s mine' && ") == 0;
    }
    EXPECT_TRUE(found);
}

TEST(Report, TheBarShowsSpeedAndTimeLeft) {
    hub::DownloadProgress progress;
    progress.done_bytes = 1'050'000'000;
    progress.total_bytes = 2'100'000'000;
    progress.bytes_per_second = 75e6;
    progress.files_done = 3;
    progress.files = 10;
    EXPECT_EQ(progress_line(progress, Language::english),
              "[############            ] 50%  1.05 GB / 2.10 GB  75.0 MB/s  0:14 left  3/10");
    EXPECT_THAT(progress_line(progress, Language::traditional_chinese), HasSubstr("剩餘 0:14"));
}

}  // namespace
}  // namespace ditto::setup
