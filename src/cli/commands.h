#pragma once

#include <functional>
#include <stop_token>

#include "cli/console.h"

namespace CLI {
class App;
}

namespace ditto::cli {

/// What a command finds around it when it runs.
struct Surroundings {
    Console console;
    std::stop_token stop;
};

/// Runs a command whose options have been parsed; returns the exit status, or throws Error.
using Action = std::function<int(const Surroundings&)>;

/// Each adds one command with its options to `program`; one file a command.
Action declare_bench(CLI::App& program, Language language);
Action declare_generate(CLI::App& program, Language language);
Action declare_judge(CLI::App& program, Language language);
Action declare_present(CLI::App& program, Language language);
Action declare_serve(CLI::App& program, Language language);
Action declare_models(CLI::App& program, Language language);
Action declare_setup(CLI::App& program, Language language);
Action declare_speak(CLI::App& program, Language language);
Action declare_subtitles(CLI::App& program, Language language);

}  // namespace ditto::cli
