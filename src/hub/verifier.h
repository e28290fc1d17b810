#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/manifest.h"

namespace ditto::hub {

enum class FileState {
    whole,       // size and hash are right
    size_right,  // nobody publishes its hash; the size is right
    missing,
    truncated,  // shorter than it should be
    too_long,
    wrong_hash,
    lfs_pointer,  // git's placeholder instead of the file
    web_page,     // a saved error or login page instead of the file
    unreadable,
    unfinished,  // a part that an interrupted download left
    extra,       // belongs to nothing that the manifest knows
    unused,      // official, but nothing that this program uses
};
std::string_view name_of(FileState state);
/// True for what a user has to mend.
bool is_bad(FileState state);

struct FileReport {
    std::string name;
    FileState state = FileState::missing;
    std::int64_t bytes = 0;           // as found
    std::int64_t expected_bytes = 0;  // 0: not known
    std::string sha256;               // as found; empty where it was not read
    std::string expected_sha256;
    /// The expected hash is the publisher's; otherwise it only shows changes since the file came.
    bool hash_published = false;
    std::string detail;  // the system's words where it could not be read
};

struct VerifyReport {
    std::vector<FileReport> files;  // the wanted ones in their order, then the rest by name
    std::int64_t bytes_read = 0;
    double seconds = 0;

    bool good() const;
};

struct VerifyOptions {
    std::filesystem::path folder = "checkpoints";
    int threads = 0;  // 0: as many as the machine has
    /// Only sizes and first bytes: quick, but a flipped bit goes unseen.
    bool sizes_only = false;
    /// Told how many bytes have been read, of how many; from any thread, one at a time.
    std::function<void(std::int64_t done, std::int64_t total)> progress = {};
};

/// Reads every file of `wanted` from end to end, several at once, and holds it against the
/// manifest, or against the hash that the hub gave when it was downloaded. `known`: all files that
/// may lie in the folder; those that do are verified too, whatever else lies there is reported.
/// Throws Error{cancelled}.
VerifyReport verify(std::span<const checkpoints::ModelFile> wanted,
                    std::span<const checkpoints::ModelFile> known, const VerifyOptions& options,
                    std::stop_token stop);

/// What a file's first bytes give away, or `whole` where they look like a file of its kind.
FileState judge_beginning(const std::filesystem::path& file);

}  // namespace ditto::hub
