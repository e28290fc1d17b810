#include "cli/console.h"

#include <iostream>

#include <unistd.h>

#include "base/environment.h"
#include "cli/json_line.h"

namespace ditto::cli {
namespace {

/// The value that follows `name` or is joined to it by '='; the last one where there are several.
std::string value_of(std::span<const std::string> arguments, std::string_view name) {
    std::string value;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == name && i + 1 < arguments.size()) value = arguments[i + 1];
        if (argument.starts_with(name) && argument.size() > name.size() &&
            argument[name.size()] == '=') {
            value = argument.substr(name.size() + 1);
        }
    }
    return value;
}

std::string locale_tag() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (std::string value = from_environment(name); !value.empty()) return value;
    }
    return {};
}

ProgressMode progress_mode(std::span<const std::string> arguments) {
    const std::string wanted = value_of(arguments, "--progress");
    if (wanted == "json") return ProgressMode::json;
    if (wanted == "none") return ProgressMode::none;
    if (isatty(STDERR_FILENO) != 0) return ProgressMode::bar;
    // Without a command there is nothing to follow, only help or a mistake to read.
    const bool has_command = !arguments.empty() && !arguments.front().starts_with('-');
    return has_command ? ProgressMode::json : ProgressMode::none;
}

}  // namespace

Console console_for(std::span<const std::string> arguments) {
    const std::string lang = value_of(arguments, "--lang");
    Console console;
    console.language = language_from_tag(lang.empty() ? locale_tag() : lang);
    console.progress = progress_mode(arguments);
    for (const std::string& argument : arguments)
        console.quiet |= argument == "--quiet";
    return console;
}

int exit_status(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage:
            return 2;
        case ErrorKind::photo:
            return 3;
        case ErrorKind::audio:
            return 4;
        case ErrorKind::output:
            return 5;
        case ErrorKind::model:
            return 6;
        case ErrorKind::resource:
            return 7;
        case ErrorKind::deck:
            return 8;
        case ErrorKind::cancelled:
            return 130;
        case ErrorKind::internal:
            break;
    }
    return 1;
}

std::string_view kind_name(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage:
            return "usage";
        case ErrorKind::photo:
            return "photo";
        case ErrorKind::audio:
            return "audio";
        case ErrorKind::deck:
            return "deck";
        case ErrorKind::output:
            return "output";
        case ErrorKind::model:
            return "model";
        case ErrorKind::resource:
            return "resource";
        case ErrorKind::cancelled:
            return "cancelled";
        case ErrorKind::internal:
            break;
    }
    return "internal";
}

int report(const Error& error, const Console& console) {
    const int status = exit_status(error.kind());
    const std::string message = user_message(error, console.language);
    if (console.progress == ProgressMode::json) {
        JsonLine line("error");
        line.add("code", code_name(error.code()));
        line.add("kind", kind_name(error.kind()));
        line.add("exit_status", status);
        line.add("message", message);
        line.add("values", error.values());
        if (!error.detail().empty()) line.add("detail", error.detail());
        std::cerr << line.text() << std::flush;
        return status;
    }
    std::cerr << "error: " << message;
    // A library's own words help whoever reports an internal error; elsewhere they only distract.
    if (error.kind() == ErrorKind::internal && !error.detail().empty()) {
        std::cerr << " (" << error.detail() << ")";
    }
    std::cerr << std::endl;
    return status;
}

}  // namespace ditto::cli
