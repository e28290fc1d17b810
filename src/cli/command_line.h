#pragma once

#include <span>
#include <stop_token>

namespace ditto::cli {

/// The whole program but for its signals: parses `arguments` (without the program's name), runs
/// the command and says what went wrong. Returns the exit status.
int run_command_line(std::span<const char* const> arguments, std::stop_token stop);

}  // namespace ditto::cli
