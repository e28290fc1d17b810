#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/messages.h"

namespace ditto::cli {

enum class ProgressMode { bar, json, none };

/// How the program talks to whoever started it. Known before the arguments are parsed, so that a
/// wrong option is reported in the same way as everything else.
struct Console {
    Language language = Language::english;
    ProgressMode progress = ProgressMode::none;
    bool quiet = false;
};

/// From --lang, --progress and --quiet among `arguments` (canonical, see arguments.h), the locale
/// of the environment, and whether stderr is a terminal.
Console console_for(std::span<const std::string> arguments);

/// The exit status that stands for a kind of failure.
int exit_status(ErrorKind kind);
/// Stable name for programs, e.g. "photo".
std::string_view kind_name(ErrorKind kind);

/// Says on stderr what went wrong: one line "error: ..." or one JSON line. Returns the exit status.
int report(const Error& error, const Console& console);

}  // namespace ditto::cli
