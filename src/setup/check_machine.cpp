// The parts of the diagnosis that look at the computer.
#include <array>
#include <cstdio>
#include <filesystem>

#include "base/cache_folder.h"
#include "hub/file_handle.h"
#include "hub/store.h"
#include "hub/verifier.h"
#include "machine/computer.h"
#include "setup/diagnosis.h"
#include "setup/verdicts.h"

namespace ditto::setup {
namespace {

constexpr std::int64_t megabyte = 1'000'000;
/// GB as operating systems and cards count them: 1024 to the step.
constexpr double gibibyte = 1024.0 * 1024 * 1024;
constexpr double ditto_memory_gb = 6;
constexpr double mesh_memory_gb = 0.8;

std::string decimal(double value, int places = 1) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, value);
    return text.data();
}

std::string gibibytes(std::int64_t bytes) {
    return decimal(static_cast<double>(bytes) / gibibyte);
}

std::string cuda_text(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

bool is_ubuntu() {
    return hub::read_small_file("/etc/os-release").find("ID=ubuntu") != std::string::npos;
}

std::string driver_command() {
    return is_ubuntu() ? "sudo ubuntu-drivers install && sudo reboot"
                       : "sudo apt-get install nvidia-driver firmware-misc-nonfree && sudo reboot";
}

void add_gpu_problem(const machine::GpuReport& report, Section& section) {
    using machine::GpuProblem;
    const auto add = [&](Level level, Say say, std::string command) {
        section.findings.push_back({level, say, {{"detail", report.detail}}, std::move(command)});
    };
    switch (report.problem) {
        case GpuProblem::none:
            return;
        case GpuProblem::no_card:
            return add(Level::warning, Say::gpu_none, "ditto-avatar generate --engine mesh ...");
        case GpuProblem::no_driver:
            return add(Level::bad, Say::gpu_no_driver, driver_command());
        case GpuProblem::driver_not_loaded:
            return add(Level::bad, Say::gpu_driver_not_loaded,
                       "sudo modprobe nvidia || " + driver_command());
        case GpuProblem::driver_mismatch:
            return add(Level::bad, Say::gpu_driver_mismatch, "sudo reboot");
        case GpuProblem::no_permission:
            return add(Level::bad, Say::gpu_no_permission,
                       "sudo usermod -aG video,render \"$USER\"");
        case GpuProblem::failed:
            return add(Level::bad, Say::gpu_failed, "nvidia-smi");
    }
}

void add_gpu(const machine::Gpu& gpu, const std::string& number, Section& section) {
    const double gb = static_cast<double>(gpu.memory_bytes) / gibibyte;
    section.findings.push_back({Level::good, Say::gpu, {{"name", number + gpu.name}}, {}});
    section.findings.push_back({Level::good, Say::vram, {{"gb", decimal(gb)}}, {}});
    if (gb >= vram_comfortable_gb) {
        section.findings.push_back({Level::good, Say::vram_enough, {}, {}});
    } else if (gb >= vram_least_gb) {
        section.findings.push_back({Level::warning,
                                    Say::vram_tight,
                                    {{"need", decimal(vram_comfortable_gb, 0)}},
                                    "nvidia-smi"});
    } else {
        section.findings.push_back({Level::bad,
                                    Say::vram_short,
                                    {{"need", decimal(vram_least_gb, 0)}},
                                    "ditto-avatar generate --engine mesh ..."});
    }
}

}  // namespace

Section check_gpu(const machine::GpuReport& report) {
    Section section{Say::gpu_title, {}};
    add_gpu_problem(report, section);
    const bool several = report.gpus.size() > 1;
    for (std::size_t i = 0; i < report.gpus.size(); ++i) {
        add_gpu(report.gpus[i], several ? "[" + std::to_string(i) + "] " : "", section);
    }
    if (report.gpus.empty()) return section;
    if (report.cuda_version > 0) {
        const bool old = report.cuda_version < cuda_needed;
        const MessageValues values{{"version", cuda_text(report.cuda_version)},
                                   {"need", cuda_text(cuda_needed)}};
        // Where the original has it: between the card and the verdict on its memory.
        section.findings.insert(
            section.findings.begin() + (several ? 0 : 2),
            Finding{old ? Level::warning : Level::good, old ? Say::cuda_old : Say::cuda, values,
                    old ? driver_command() : ""});
    }
    if (!report.driver_version.empty()) {
        section.findings.push_back(
            {Level::good, Say::driver, {{"version", report.driver_version}}, {}});
    }
    return section;
}

Section check_processor() {
    Section section{Say::processor_title, {}};
    const machine::Processor processor = machine::find_processor();
    section.findings.push_back({Level::good, Say::processor, {{"name", processor.name}}, {}});
    section.findings.push_back(
        {Level::good, Say::cores, {{"count", std::to_string(processor.cores)}}, {}});
    if (processor.avx2) {
        std::string names = "AVX2";
        if (processor.avx512) names += ", AVX-512";
        if (processor.bf16) names += ", bf16";
        section.findings.push_back({Level::good, Say::instructions, {{"names", names}}, {}});
    } else {
        section.findings.push_back(
            {Level::warning, Say::no_avx2, {}, "ditto-avatar generate --engine mesh ..."});
    }
    const machine::Memory memory = machine::find_memory();
    const double free_gb = static_cast<double>(memory.available_bytes) / gibibyte;
    const MessageValues values{{"total", gibibytes(memory.total_bytes)},
                               {"free", decimal(free_gb)},
                               {"need", decimal(ditto_memory_gb, 0)}};
    if (free_gb < mesh_memory_gb) {
        section.findings.push_back(
            {Level::bad, Say::memory_short, values, "ps aux --sort=-rss | head"});
    } else if (free_gb < ditto_memory_gb) {
        section.findings.push_back(
            {Level::warning, Say::memory_tight, values, "ps aux --sort=-rss | head"});
    } else {
        section.findings.push_back({Level::good, Say::memory, values, {}});
    }
    return section;
}

Section check_disk(const DiagnosisOptions& options) {
    Section section{Say::disk_title, {}};
    std::int64_t missing = 0;
    for (const auto& file : checkpoints::Manifest::built_in().in_set("minimal")) {
        if (!hub::facts_of(options.checkpoints / file.name)) missing += file.expected_bytes();
    }
    const std::int64_t free = hub::free_bytes(options.checkpoints);
    const bool tight = free < missing;
    section.findings.push_back({tight ? Level::bad : Level::good,
                                tight ? Say::disk_short : Say::disk_free,
                                {{"gb", gibibytes(free)},
                                 {"path", options.checkpoints.string()},
                                 {"need", size_text(missing)}},
                                tight ? "ditto-avatar setup --download-models --checkpoints "
                                        "/another/disk/checkpoints"
                                      : ""});
    if (const auto speed = machine::measure_disk(options.checkpoints)) {
        const bool slow = speed->read_bytes_per_s < 50.0 * megabyte;
        section.findings.push_back(
            {slow ? Level::warning : Level::good,
             slow ? Say::disk_slow : Say::disk_speed,
             {{"write", decimal(speed->write_bytes_per_s / megabyte, 0)},
              {"read", decimal(speed->read_bytes_per_s / megabyte, 0)}},
             slow ? "ditto-avatar setup --diagnose --checkpoints /faster/disk/checkpoints" : ""});
    }
    return section;
}

Section check_service(const DiagnosisOptions& options) {
    Section section{Say::service_title, {}};
    if (machine::port_is_free(options.port)) {
        section.findings.push_back(
            {Level::good, Say::port_free, {{"port", std::to_string(options.port)}}, {}});
    } else {
        int other = options.port + 1;
        while (other < options.port + 100 && !machine::port_is_free(other))
            ++other;
        std::string owner = machine::port_owner(options.port);
        if (owner.empty()) owner = "?";
        section.findings.push_back({Level::warning,
                                    Say::port_busy,
                                    {{"port", std::to_string(options.port)}, {"owner", owner}},
                                    "ditto-avatar serve --port " + std::to_string(other)});
    }
    const auto temporary = std::filesystem::temp_directory_path();
    const auto check = [&](const std::filesystem::path& folder, Level otherwise) {
        const std::string obstacle = machine::write_obstacle(folder);
        if (obstacle.empty()) {
            section.findings.push_back(
                {Level::good, Say::writable, {{"path", folder.string()}}, {}});
            return;
        }
        section.findings.push_back({otherwise,
                                    Say::not_writable,
                                    {{"path", obstacle}},
                                    "sudo mkdir -p " + shell_word(folder.string()) +
                                        " && sudo chown \"$USER\" " + shell_word(folder.string())});
    };
    for (const std::filesystem::path& folder : {options.checkpoints, options.data, temporary})
        check(folder, Level::bad);
    // Without it, what it would hold is made anew at every start.
    if (const auto cache = cache_folder(); !cache.empty()) check(cache, Level::warning);
    return section;
}

}  // namespace ditto::setup
