#include "setup/verdicts.h"

#include <algorithm>

namespace ditto::setup {
namespace {

Say say_of(hub::FileState state) {
    using hub::FileState;
    switch (state) {
        case FileState::whole:
            return Say::file_good;
        case FileState::size_right:
            return Say::file_size_right;
        case FileState::missing:
            return Say::file_missing;
        case FileState::truncated:
            return Say::file_truncated;
        case FileState::too_long:
            return Say::file_too_long;
        case FileState::wrong_hash:
            return Say::file_wrong_hash;
        case FileState::lfs_pointer:
            return Say::file_lfs_pointer;
        case FileState::web_page:
            return Say::file_web_page;
        case FileState::unreadable:
            return Say::file_unreadable;
        case FileState::unfinished:
            return Say::file_unfinished;
        case FileState::extra:
            return Say::file_extra;
        case FileState::unused:
            break;
    }
    return Say::file_unused;
}

Level level_of(hub::FileState state) {
    if (hub::is_bad(state)) return Level::bad;
    if (state == hub::FileState::whole) return Level::good;
    return state == hub::FileState::unfinished || state == hub::FileState::extra ? Level::warning
                                                                                 : Level::note;
}

std::string command_of(const hub::FileReport& file, const std::string& checkpoints) {
    using hub::FileState;
    const std::string path = shell_word(checkpoints + "/" + file.name);
    if (file.state == FileState::unreadable) return "chmod u+r " + path;
    if (file.state == FileState::extra) return "rm " + path;
    if (hub::is_bad(file.state) || file.state == FileState::unfinished) {
        const std::string set =
            file.name.starts_with("ditto_pytorch/") || file.name.ends_with("cfg_pytorch.pkl")
                ? " --set pytorch"
                : "";
        return "ditto-avatar setup --download-models" + set + " --checkpoints " +
               shell_word(checkpoints);
    }
    return {};
}

}  // namespace

std::string shell_word(const std::string& text) {
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '.' || c == '_' || c == '-' || c == '+';
    });
    if (plain) return text;
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

Finding finding_of(const hub::FileReport& file, const std::string& checkpoints) {
    return {level_of(file.state),
            say_of(file.state),
            {{"name", file.name},
             {"state", std::string(hub::name_of(file.state))},
             {"size", size_text(file.bytes)},
             {"expected", size_text(file.expected_bytes)},
             {"bytes", std::to_string(file.bytes)},
             {"expected_bytes", std::to_string(file.expected_bytes)},
             {"sha256", file.sha256},
             {"expected_sha256", file.expected_sha256}},
            command_of(file, checkpoints)};
}

}  // namespace ditto::setup
