#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ditto::programs {

/// Another program and what it may cost.
struct Program {
    /// Looked up in PATH, or a path with a '/'.
    std::string name;
    std::vector<std::string> arguments = {};
    /// Exists; its current folder, HOME and TMPDIR. Nothing else of our environment but PATH is
    /// passed on.
    std::filesystem::path folder;
    /// What it reads from its standard input.
    std::string input = {};
    /// Wall clock. It and each of its children may use twice that of a processor.
    std::chrono::milliseconds time_limit{60'000};
    /// Address space of each of its processes.
    std::int64_t memory_bytes = std::int64_t{2} << 30;
    /// The largest file that it may write.
    std::int64_t file_bytes = 1'000'000'000;
    /// More on standard output or standard error ends it.
    std::size_t output_bytes = std::size_t{1} << 20;
    /// It reaches no network, reads the system's programs, libraries and fonts, its own folder and
    /// `folder`, and writes in `folder` only: with Linux's namespaces and Landlock, as far as the
    /// kernel has them and grants them.
    bool confined = true;
    /// A folder where it may make Unix sockets and remove files even so; empty: none.
    std::filesystem::path sockets = {};
};

struct Outcome {
    /// Exit status; 128 and the signal's number where a signal ended it.
    int status = 0;
    /// Of standard output and standard error.
    std::string output = {};
    std::string complaint = {};
};

/// Runs a program to its end, in a process group of its own without any of our open files; no
/// shell is involved. When it ends, is stopped or takes too long, what is left of the group is
/// killed. Throws Error: program_missing, program_slow, program_failed (too much output; it cannot
/// be started), memory, cancelled. Any exit status is an outcome.
Outcome run(const Program& program, const std::stop_token& stop);

/// run() that throws Error{program_failed} too where the status is not 0.
Outcome run_well(const Program& program, const std::stop_token& stop);

/// Where the program lies that run() would start.
std::optional<std::filesystem::path> find_program(std::string_view name);

/// The command that installs the programs known here, e.g. "sudo apt-get install poppler-utils";
/// empty for others.
std::string install_command(std::string_view name);

/// True where this kernel keeps a confined program from the files outside.
bool can_confine_files();

}  // namespace ditto::programs
