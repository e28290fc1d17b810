#include <span>

#include "cli/command_line.h"
#include "cli/stop_on_signal.h"

int main(int argc, char** argv) {
    const ditto::cli::StopOnSignal signals;
    const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
    return ditto::cli::run_command_line(arguments.subspan(argc > 0 ? 1 : 0), signals.token());
}
